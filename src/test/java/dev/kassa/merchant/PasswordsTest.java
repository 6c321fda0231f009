package dev.kassa.merchant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.kassa.access.Role;
import dev.kassa.kernel.Problem;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Which passwords may be chosen, and that those of before still open the portal. */
class PasswordsTest {
    private static final String EMAIL = "margareta.lindqvist";

    private static String invited(TestServer server, TestMerchant merchant, String email) {
        return server.server.part(Users.class).invite(merchant.id(), email, Role.MANAGER);
    }

    private static String email() {
        return EMAIL + "@" + UUID.randomUUID() + ".example";
    }

    @ParameterizedTest
    @CsvSource({
        "elevenchars, SHORT",
        "password1234, EASY",
        "qwertyuiop12, EASY",
        "abcabcabcabc, EASY",
        "margaretalindqvist, EASY",
        "Margareta.Lindqvist1, EASY",
        "kassakassa12, EASY"
    })
    void whatIsEasyToGuessIsRefused(String password, String why) {
        TestServer server = TestServer.shared();
        TestMerchant merchant = server.merchant();
        Users users = server.server.part(Users.class);
        String token = invited(server, merchant, email());
        assertThatThrownBy(() -> users.acceptInvitation(token, password))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo(why);
                            assertThat(refused.errors()).containsOnlyKeys("password");
                        });
        assertThat(users.acceptInvitation(token, PortalClient.PASSWORD)).isNotNull();
    }

    @Test
    void aPasswordHasAtMostWhatBcryptReads() {
        TestServer server = TestServer.shared();
        TestMerchant merchant = server.merchant();
        Users users = server.server.part(Users.class);
        String email = email();
        String token = invited(server, merchant, email);
        String most = "two bytes each: åäö " + "å".repeat(24) + "!";
        assertThat(most.getBytes(StandardCharsets.UTF_8)).hasSize(72);
        assertThatThrownBy(() -> users.acceptInvitation(token, most + "!"))
                .isInstanceOfSatisfying(
                        Problem.class, refused -> assertThat(refused.code()).isEqualTo("LONG"));
        assertThat(users.acceptInvitation(token, most)).isNotNull();
        assertThat(users.signIn(email, most)).isPresent();
        assertThat(users.signIn(email, most + "!")).isEmpty();
    }

    /** A page says it where it was typed, in the reader's language. */
    @Test
    void thePageSaysWhy() {
        TestServer server = TestServer.shared();
        PortalClient browser = new PortalClient(server.url(), email());
        String path = "/portal/invitation/" + invited(server, server.merchant(), browser.email);
        var refused = browser.post(path, Map.of("password", "password1234"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("This one is easy to guess.", "aria-invalid=\"true\"")
                .doesNotContain("password1234");
    }

    @Test
    void aHashOfBeforeIsMadeAnewAtTheNextSignIn() {
        TestServer server = TestServer.shared();
        String email = email();
        Users users = server.server.part(Users.class);
        var _ =
                users.acceptInvitation(
                        invited(server, server.merchant(), email), PortalClient.PASSWORD);
        String before = new BCryptPasswordEncoder().encode(PortalClient.PASSWORD);
        assertThat(
                        server.jdbc
                                .sql("update portal_user set password_hash = ? where user_name = ?")
                                .params(before, email)
                                .update())
                .isEqualTo(1);
        assertThat(users.signIn(email, "another password")).isEmpty();
        assertThat(hash(server, email)).isEqualTo(before);
        assertThat(users.signIn(email, PortalClient.PASSWORD)).isPresent();
        String after = hash(server, email);
        assertThat(after).startsWith("{bcrypt}$2");
        assertThat(users.signIn(email, PortalClient.PASSWORD)).isPresent();
        assertThat(hash(server, email)).isEqualTo(after);
    }

    private static String hash(TestServer server, String email) {
        return server.texts("select password_hash from portal_user where user_name = ?", email)
                .getFirst();
    }

    @Test
    void aPasswordOfABreachIsRefused() throws Exception {
        AtomicReference<String> answer = new AtomicReference<>("");
        AtomicReference<String> asked = new AtomicReference<>("");
        HttpServer breaches = breaches();
        breaches.createContext(
                "/range/",
                exchange -> {
                    asked.set(exchange.getRequestURI().getPath());
                    byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        breaches.start();
        try (TestServer server = TestServer.start(settings(breaches))) {
            TestMerchant merchant = server.merchant();
            Users users = server.server.part(Users.class);
            String token = invited(server, merchant, email());
            String hash = sha1(PortalClient.PASSWORD);
            answer.set("0018A45C4D1DEF81644B54AB7F969B88D65:10\r\n" + hash.substring(5) + ":3\r\n");
            assertThatThrownBy(() -> users.acceptInvitation(token, PortalClient.PASSWORD))
                    .isInstanceOfSatisfying(
                            Problem.class,
                            refused -> assertThat(refused.code()).isEqualTo("BREACHED"));
            assertThat(asked.get()).isEqualTo("/range/" + hash.substring(0, 5));
            for (String taken : List.of(hash.substring(5) + ":0\r\n", "0:1", "")) {
                answer.set(taken);
                assertThat(
                                users.acceptInvitation(
                                        invited(server, merchant, email()), PortalClient.PASSWORD))
                        .as(taken)
                        .isNotNull();
            }
        } finally {
            breaches.stop(0);
        }
    }

    /** Nobody is kept out because a service of somebody else is. */
    @Test
    void withoutAnAnswerThePasswordIsTaken() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        HttpServer breaches = breaches();
        ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor();
        breaches.setExecutor(waiting);
        breaches.createContext(
                "/range/",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().flush();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                });
        breaches.start();
        try (TestServer server = TestServer.start(settings(breaches))) {
            String token = invited(server, server.merchant(), email());
            assertThat(
                            server.server
                                    .part(Users.class)
                                    .acceptInvitation(token, PortalClient.PASSWORD))
                    .isNotNull();
        } finally {
            over.countDown();
            breaches.stop(0);
            waiting.shutdown();
        }
    }

    private static HttpServer breaches() throws IOException {
        return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    private static Map<String, String> settings(HttpServer breaches) {
        return Map.of(
                "KASSA_BREACHED_PASSWORDS_URL",
                "http://127.0.0.1:" + breaches.getAddress().getPort() + "/range");
    }

    private static String sha1(String text) throws Exception {
        return HexFormat.of()
                .withUpperCase()
                .formatHex(
                        MessageDigest.getInstance("SHA-1")
                                .digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
