package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.AuditLog;
import dev.kassa.access.Role;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Users;
import dev.kassa.signin.PortalSessions;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.io.Reader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets into the portal, for how long, and that nothing of one merchant is seen by another. */
class PortalTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();

    @AfterEach
    void stop() {
        server.close();
    }

    private PortalClient client(String email) {
        return new PortalClient(server.url(), email);
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Location")
                .orElse("")
                .replaceFirst("^https?://[^/]+", "");
    }

    @Test
    void aPasswordLetsIn() {
        String email = PortalClient.signedIn(merchant, Role.MANAGER).email;
        PortalClient browser = client(email);
        assertThat(location(browser.get("/portal/sessions?q=a"))).startsWith("/portal/login?next=");
        assertThat(location(browser.signIn("wrong password"))).startsWith("/portal/login?wrong");
        HttpResponse<String> in = browser.signIn(PortalClient.PASSWORD);
        assertThat(location(in)).isEqualTo("/portal");
        assertThat(PortalClient.cookies(in))
                .anyMatch(cookie ->
                        cookie.startsWith("kassa_portal=")
                                && cookie.contains("HttpOnly")
                                && cookie.contains("SameSite=Lax"));
        HttpResponse<String> home = browser.get("/portal");
        assertThat(home.statusCode()).isEqualTo(200);
        assertThat(home.body()).contains(email, "Manager");
        assertThat(home.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(location(browser.post("/portal/logout", Map.of())))
                .isEqualTo("/portal/login?out");
        assertThat(browser.get("/portal").statusCode()).isEqualTo(302);
        assertThat(
                        server.server
                                .part(AuditLog.class)
                                .readOfAnyMerchant(merchant.id().value(), 0, 1000))
                .filteredOn(line -> line.subject().equals(email))
                .extracting(AuditLog.Line::action)
                .containsExactly(
                        "user.invited",
                        "user.password_chosen",
                        "user.signed_in",
                        "user.signed_in",
                        "user.signed_out");
    }

    @Test
    void anInvitationIsUsedOnce() {
        String token =
                server.server.part(Users.class).invite(merchant.id(), "a@b.example", Role.OWNER);
        PortalClient browser = client("a@b.example");
        String path = "/portal/invitation/" + token;
        assertThat(browser.post(path, Map.of("password", "elevenchars")).body())
                .contains("At least 12 characters");
        assertThat(browser.post(path, Map.of("password", "å".repeat(37))).statusCode())
                .isEqualTo(400);
        assertThat(browser.post(path, Map.of("password", "twelve chars")).statusCode())
                .isEqualTo(302);
        assertThat(browser.get("/portal").statusCode()).isEqualTo(200);
        assertThat(client("").post(path, Map.of("password", "another twelve")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void anInvitationEnds() {
        String token =
                server.server.part(Users.class).invite(merchant.id(), "a@b.example", Role.OWNER);
        server.clock.advance(Users.INVITATION);
        assertThat(client("").get("/portal/invitation/" + token).statusCode()).isEqualTo(404);
    }

    /** With HTTPS, as a trusted proxy tells of it, nobody else can set or read the cookies. */
    @Test
    void cookiesAreForThisHostAlone() {
        try (TestServer behind = server.another(Map.of("KASSA_TRUSTED_PROXIES", "127.0.0.1"))) {
            PortalClient browser = new PortalClient(behind.url(), "");
            HttpResponse<String> page =
                    browser.send(
                            browser.request("/portal/login").header("X-Forwarded-Proto", "https"));
            assertThat(PortalClient.cookies(page))
                    .singleElement()
                    .asString()
                    .startsWith("__Host-kassa_csrf=")
                    .contains("; Path=/;", "; Secure", "; HttpOnly", "SameSite=Strict");
        }
    }

    @Test
    void aSessionEndsWhenItIsNotUsedAndAtTheLatestAfterADay() {
        PortalClient idle = PortalClient.signedIn(merchant, Role.OWNER);
        PortalClient busy = PortalClient.signedIn(merchant, Role.OWNER);
        Duration step = PortalSessions.IDLE.minusMinutes(1);
        for (Duration passed = step;
                passed.compareTo(PortalSessions.LIFE) < 0;
                passed = passed.plus(step)) {
            server.clock.advance(step);
            assertThat(busy.get("/portal").statusCode()).as("%s", passed).isEqualTo(200);
        }
        assertThat(idle.get("/portal").statusCode()).isEqualTo(302);
        server.clock.advance(step);
        assertThat(busy.get("/portal").statusCode()).isEqualTo(302);
    }

    @Test
    void anotherServerKnowsTheSession() {
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        try (TestServer other = server.another()) {
            PortalClient there = browser.at(other.url());
            assertThat(there.get("/portal").statusCode()).isEqualTo(200);
            assertThat(location(there.post("/portal/logout", Map.of())))
                    .isEqualTo("/portal/login?out");
            assertThat(browser.get("/portal").statusCode()).isEqualTo(302);
        }
    }

    @Test
    void aRoleCountsAsItIsNow() {
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        Users users = server.server.part(Users.class);
        assertThat(browser.get("/portal/enrollments").statusCode()).isEqualTo(200);
        users.changeRole(merchant.id(), browser.email, Role.SUPPORT);
        assertThat(browser.get("/portal/enrollments").statusCode()).isEqualTo(403);
        users.disable(merchant.id(), browser.email);
        assertThat(browser.get("/portal").statusCode()).isEqualTo(302);
        assertThat(location(browser.signIn(PortalClient.PASSWORD)))
                .startsWith("/portal/login?wrong");
    }

    @Test
    void whoGuessesIsSlowedDown() {
        String email = PortalClient.signedIn(merchant, Role.OWNER).email;
        PortalClient browser = client(email);
        for (int i = 0; i < Limits.SIGN_INS_PER_NAME_AND_ADDRESS; i++) {
            assertThat(location(browser.signIn("wrong " + i))).startsWith("/portal/login?wrong");
        }
        assertThat(location(browser.signIn(PortalClient.PASSWORD)))
                .startsWith("/portal/login?slow");
    }

    @Test
    void whoGuessesShutsNobodyElseOut() {
        String email = PortalClient.signedIn(merchant, Role.OWNER).email;
        try (TestServer behind = server.another(Map.of("KASSA_TRUSTED_PROXIES", "127.0.0.1"))) {
            PortalClient guesser = new PortalClient(behind.url(), email).from("192.0.2.1");
            for (int i = 0; i <= Limits.SIGN_INS_PER_NAME_AND_ADDRESS; i++) {
                var _ = guesser.signIn("wrong " + i);
            }
            assertThat(location(guesser.signIn(PortalClient.PASSWORD)))
                    .startsWith("/portal/login?slow");
            PortalClient ada = new PortalClient(behind.url(), email).from("198.51.100.7");
            assertThat(location(ada.signIn(PortalClient.PASSWORD))).isEqualTo("/portal");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example/",
                "https://evil.example/portal/x",
                "/portal/../ipp/v1/devices",
                "/portal//evil.example",
                "/portal/\\evil.example",
                "/portal/x\r\nSet-Cookie: a=b",
                "javascript:alert(1)"
            })
    void aSignInLeadsIntoThePortalAlone(String next) {
        PortalClient browser = client(PortalClient.signedIn(merchant, Role.OWNER).email);
        HttpResponse<String> in =
                browser.post(
                        "/portal/login",
                        Map.of(
                                "email",
                                browser.email,
                                "password",
                                PortalClient.PASSWORD,
                                "next",
                                next));
        assertThat(location(in)).isEqualTo("/portal");
        assertThat(in.headers().map().get("Set-Cookie")).noneMatch(one -> one.startsWith("a="));
    }

    @Test
    void nobodySeesAnothersSession() {
        PortalClient browser = PortalClient.signedIn(server.merchant(), Role.OWNER);
        String session = merchant.session(merchant.device());
        assertThat(browser.get("/portal/sessions/" + session).statusCode()).isEqualTo(404);
        assertThat(browser.post("/portal/sessions/" + session + "/cancel", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(browser.get("/portal/sessions?q=" + session).body()).doesNotContain("<tbody>");
        assertThat(merchant.status(session)).isEqualTo("CREATED");
    }

    /** Whatever a merchant's system writes is text. */
    @Test
    void markupIsShownAsText() {
        String markup = "<img src=x onerror=alert(1)>\\\"'";
        TestMerchant.TestDevice device = merchant.device();
        String cart = TestMerchant.cart(device.id()).replace("ORDER-12345", markup);
        merchant.api().post("/ipp/v1/sessions", cart).is(200);
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        assertThat(browser.get("/portal/sessions").body())
                .contains("&lt;img src=x onerror=alert(1)&gt;")
                .doesNotContain("<img");
        assertThat(browser.get("/portal/sessions?q=%3Cimg%20src%3Dx%3E").body())
                .doesNotContain("<img");
    }

    @Test
    void aSessionIsFoundByWhatIsKnownOfIt() {
        String session = merchant.session(merchant.device());
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        for (String known : List.of(session, "ORDER-12345", "2400.00", "2400,00", "2400")) {
            assertThat(browser.get("/portal/sessions?q=" + known).body())
                    .as(known)
                    .contains("/portal/sessions/" + session);
        }
        for (String unknown : List.of(UUID.randomUUID().toString(), "ORDER-1234", "24.00")) {
            assertThat(browser.get("/portal/sessions?q=" + unknown).body())
                    .as(unknown)
                    .doesNotContain("/portal/sessions/" + session);
        }
        assertThat(browser.get("/portal/sessions?status=FINALIZED").body())
                .doesNotContain("/portal/sessions/" + session);
        assertThat(browser.get("/portal/sessions?status=nonsense&before=x").statusCode())
                .isEqualTo(200);
    }

    /** A playground lets whoever is at its machine in, and nobody who comes by another name. */
    @Test
    void theOwnPlaygroundIsOneClickAway() {
        PortalClient browser = client("");
        assertThat(browser.get("/portal/login").body()).contains("Open the playground");
        assertThat(location(browser.post("/portal/login/playground", Map.of())))
                .isEqualTo("/portal");
        assertThat(browser.get("/portal").body()).contains("Owner");
        String rebound =
                RawClient.exchange(
                        server.url(),
                        "GET /portal/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        assertThat(rebound).startsWith("HTTP/1.1 200").doesNotContain("Open the playground");
        assertThat(
                        browser.send(
                                        browser.request("/portal/login")
                                                .header("X-Forwarded-For", "192.0.2.1"))
                                .body())
                .doesNotContain("Open the playground");
    }

    @Test
    void theLanguagesHaveTheSameTexts() throws IOException {
        Set<Object> english = words("words.properties").keySet();
        assertThat(words("words_sv.properties").keySet()).isEqualTo(english);
        Pattern named = Pattern.compile("#\\{([a-z][\\w.]*)");
        try (Stream<Path> pages = Files.list(Path.of("src/main/resources/templates/portal"))) {
            for (Path page : pages.toList()) {
                Matcher keys = named.matcher(Files.readString(page));
                while (keys.find()) {
                    assertThat(english).as("%s", page).contains((Object) keys.group(1));
                }
            }
        }
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        assertThat(
                        browser.send(
                                        browser.request("/portal")
                                                .header("Accept-Language", "sv-SE,en;q=0.5"))
                                .body())
                .contains("lang=\"sv\"", "Inget behöver dig just nu.");
    }

    private static Properties words(String file) throws IOException {
        Properties words = new Properties();
        try (Reader text =
                Files.newBufferedReader(
                        Path.of("src/main/resources/portal", file), StandardCharsets.UTF_8)) {
            words.load(text);
        }
        return words;
    }
}
