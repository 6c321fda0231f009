package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Users;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Webhook destinations in the portal: set up, changed, switched off, removed, their secrets. */
class WebhookPagesTest {
    private static final String PATH = "/portal/webhooks";
    private static final Pattern SECRET = Pattern.compile("whsec_[A-Za-z0-9+/=]{44}");
    private static final URI NOWHERE = URI.create("http://127.0.0.1:9/hook");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient owner = PortalClient.signedIn(merchant, Role.OWNER);

    private static Map<String, String> typed(String name, String url) {
        return Map.of("name", name, "url", url, "scope", "all", "enabled", "on");
    }

    private TestDestination destination(String name) {
        return TestDestination.create(merchant, name, NOWHERE);
    }

    private static String page(TestDestination destination) {
        return PATH + "/" + destination.id();
    }

    private static String secret(HttpResponse<String> page) {
        Matcher secret = SECRET.matcher(page.body().replace("&#43;", "+"));
        assertThat(secret.find()).as(page.body()).isTrue();
        return secret.group();
    }

    private static String seen(HttpResponse<String> page) {
        Matcher seen = Pattern.compile("name=\"seen\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(seen.find()).as(page.body()).isTrue();
        return seen.group(1);
    }

    @Test
    void aSecretIsShownByTheAnswerToItsFormAndNowhereElse() {
        assertThat(owner.get(PATH).body()).contains("No destination yet.", "New destination");
        HttpResponse<String> made = owner.post(PATH, typed("shop", "https://example.com/hook"));
        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control")).hasValue("no-store");
        String secret = secret(made);
        String id =
                server.texts(
                                "select destination_id from destination where merchant_id = ?",
                                merchant.id().value())
                        .getFirst();
        for (String path : List.of(PATH, PATH + "/" + id, PATH + "/" + id + "/edit")) {
            assertThat(owner.get(path).body()).contains("shop").doesNotContain("whsec_", secret);
        }
        assertThat(owner.get("/portal/audit").body())
                .contains("destination.created")
                .doesNotContain("whsec_");

        assertThat(secret(owner.post(PATH + "/" + id + "/reveal", Map.of()))).isEqualTo(secret);
        assertThat(owner.get(PATH + "/" + id).body()).contains("shown once more already");
        HttpResponse<String> again = owner.post(PATH + "/" + id + "/reveal", Map.of());
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).doesNotContain("whsec_");
    }

    @Test
    void aRotationSaysUntilWhenBothSign() {
        TestDestination shop = destination("shop");
        HttpResponse<String> rotated = owner.post(page(shop) + "/rotate", Map.of());
        assertThat(secret(rotated)).isNotEqualTo(shop.secret());
        Instant until = Instant.parse(shop.get().path("previous_secret_until").asString());
        ZoneId zone = server.server.part(Users.class).find(owner.email).orElseThrow().zone();
        String words = until.atZone(zone).truncatedTo(ChronoUnit.SECONDS).toLocalTime().toString();
        assertThat(rotated.body()).containsPattern("Until [-0-9]{10} " + words + " [+-][0-9]{2}:");
        assertThat(owner.get(page(shop)).body())
                .containsPattern("Until [-0-9]{10} " + words + " [+-][0-9]{2}:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|https://example.com|Fill this in.|Fyll i det här.",
                "shop|''|Fill this in.|Fyll i det här.",
                "shop|ftp://example.com|It begins with https:// or http://.|Adressen börjar med",
                "shop|nonsense|It begins with https:// or http://.|Adressen börjar med",
                "shop|https://example.com:99999/|A port is from 1 to 65535|En port är mellan 1 och",
                "shop|https://a:b@example.com|Leave out the user name|Ta bort användarnamn",
                "shop|https://example.com/#x|Leave out the # and|Ta bort # och",
                "shop|https://stra\u00dfe.example/|Write the host in punycode|Skriv värdnamnet i"
            })
    void whatIsWrongStandsAtItsFieldAndWhatWasTypedIsKept(
            String name, String url, String english, String swedish) {
        Map<String, String> form = new HashMap<>(typed(name, url));
        form.put("scope", "some");
        form.put("event_types", "order.created");
        HttpResponse<String> again = owner.post(PATH, form);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains(english, "aria-invalid=\"true\"", "aria-describedby=\"fault-")
                .contains("value=\"" + url + "\"")
                .containsPattern("value=\"order.created\" checked")
                .containsPattern("value=\"some\" checked")
                .doesNotContain("whsec_");
        PortalClient svensk = PortalClient.signedIn(merchant, Role.OWNER).speaking("sv");
        assertThat(svensk.post(PATH, form).body()).contains(swedish);
        assertThat(
                        server.count(
                                "select count(*) from destination where merchant_id = ?",
                                merchant.id().value()))
                .isZero();
    }

    @Test
    void typesAreChosenOrRefusedWhenThereIsNone() {
        Map<String, String> form = new HashMap<>(typed("shop", "https://example.com/"));
        form.put("scope", "some");
        HttpResponse<String> none = owner.post(PATH, form);
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("Choose at least one.");
        form.put("event_types", "nonsense");
        assertThat(owner.post(PATH, form).statusCode()).isEqualTo(400);
        form.put("event_types", "refund.failed");
        assertThat(owner.post(PATH, form).statusCode()).isEqualTo(200);
        assertThat(
                        server.texts(
                                "select event_types::text from destination where merchant_id = ?",
                                merchant.id().value()))
                .containsExactly("{refund.failed}");
    }

    @Test
    void aNameThatIsTakenIsSaidAtTheName() {
        var _ = destination("shop");
        HttpResponse<String> taken = owner.post(PATH, typed("shop", "https://example.com/"));
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(taken.body()).contains("Another destination has this name.");
        TestDestination other = destination("other");
        HttpResponse<String> form = owner.get(page(other) + "/edit");
        Map<String, String> change = new HashMap<>(typed("shop", NOWHERE.toString()));
        change.put("seen", seen(form));
        assertThat(owner.post(page(other) + "/edit", change).body())
                .contains("Another destination has this name.");
    }

    @Test
    void thereIsAnEndOfDestinations() {
        for (int i = 0; i < Limits.DESTINATIONS; i++) {
            var _ = destination("shop " + i);
        }
        HttpResponse<String> full = owner.post(PATH, typed("shop", "https://example.com/"));
        assertThat(full.statusCode()).isEqualTo(409);
        assertThat(full.body()).contains("There are 50 destinations");
        assertThat(owner.get(PATH).body())
                .contains("50 destinations are the most", "shop 49")
                .doesNotContain("/portal/webhooks/new");
    }

    @Test
    void aStaleEditIsSaidAndNothingIsLost() {
        TestDestination shop = destination("shop");
        String seen = seen(owner.get(page(shop) + "/edit"));
        Map<String, String> first = new HashMap<>(typed("first", NOWHERE.toString()));
        first.put("seen", seen);
        assertThat(owner.post(page(shop) + "/edit", first).statusCode()).isEqualTo(302);
        Map<String, String> second = new HashMap<>(typed("second", NOWHERE.toString()));
        second.put("seen", seen);
        HttpResponse<String> stale = owner.post(page(shop) + "/edit", second);
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(stale.body())
                .contains("Somebody has changed the destination", "first", "value=\"second\"");
        assertThat(shop.get().path("name").asString()).isEqualTo("first");
        second.put("seen", "nonsense");
        assertThat(owner.post(page(shop) + "/edit", second).statusCode()).isEqualTo(409);

        second.put("seen", seen(stale));
        assertThat(owner.post(page(shop) + "/edit", second).statusCode()).isEqualTo(302);
        assertThat(shop.get().path("name").asString()).isEqualTo("second");
    }

    @Test
    void itIsSwitchedOffAndOnAsItWasSeen() {
        TestDestination shop = destination("shop");
        String seen = seen(owner.get(page(shop)));
        Map<String, String> off = Map.of("enabled", "false", "seen", seen);
        assertThat(owner.post(page(shop) + "/switch", off).statusCode()).isEqualTo(302);
        assertThat(shop.get().path("enabled").asBoolean()).isFalse();
        assertThat(owner.get(page(shop)).body())
                .contains("It is disabled:")
                .doesNotContain("Send a test event");
        assertThat(owner.post(page(shop) + "/test", Map.of()).statusCode()).isEqualTo(409);
        Map<String, String> on = Map.of("enabled", "true", "seen", seen);
        assertThat(owner.post(page(shop) + "/switch", on).statusCode()).as("stale").isEqualTo(409);
        assertThat(
                        owner.post(
                                        page(shop) + "/switch",
                                        Map.of(
                                                "enabled",
                                                "true",
                                                "seen",
                                                seen(owner.get(page(shop)))))
                                .statusCode())
                .isEqualTo(302);
        assertThat(shop.get().path("enabled").asBoolean()).isTrue();
    }

    @Test
    void itIsRemovedByAButtonThatSaysWhat() {
        TestDestination shop = destination("shop");
        assertThat(owner.get(page(shop)).body()).contains("Delete shop with its log");
        assertThat(owner.post(page(shop) + "/delete", Map.of()).statusCode()).isEqualTo(302);
        assertThat(owner.get(page(shop)).statusCode()).isEqualTo(404);
        assertThat(owner.post(page(shop) + "/delete", Map.of()).statusCode()).isEqualTo(404);
    }

    @Test
    void anothersIsNotThere() {
        TestDestination shop = destination("shop");
        PortalClient stranger = PortalClient.signedIn(server.merchant(), Role.OWNER);
        for (String path :
                List.of("", "/edit", "/resend", "/deliveries/kevt_0123456789012345678901")) {
            assertThat(stranger.get(page(shop) + path).statusCode()).as(path).isEqualTo(404);
        }
        for (String path : List.of("/edit", "/switch", "/delete", "/rotate", "/reveal", "/test")) {
            assertThat(
                            stranger.post(page(shop) + path, typed("x", "https://example.com/"))
                                    .statusCode())
                    .as(path)
                    .isEqualTo(404);
        }
        assertThat(shop.get().path("name").asString()).isEqualTo("shop");
        assertThat(stranger.get(PATH).body()).doesNotContain(shop.id());
    }

    @Test
    void markupIsText() {
        String markup = "<img src=x onerror=alert(1)>\"'";
        HttpResponse<String> made =
                owner.post(PATH, typed(markup, "https://example.com/?q=<script>alert(1)</script>"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        String id =
                server.texts(
                                "select destination_id from destination where merchant_id = ?",
                                merchant.id().value())
                        .getFirst();
        for (HttpResponse<String> page :
                List.of(
                        made,
                        owner.get(PATH),
                        owner.get(PATH + "/" + id),
                        owner.get(PATH + "/" + id + "/edit"),
                        owner.get(PATH + "/" + id + "/resend"),
                        owner.post(PATH, typed(markup, "<script>alert(1)")))) {
            assertThat(page.body())
                    .contains("&lt;img src=x onerror=alert(1)&gt;")
                    .doesNotContain("<img", "<script>alert");
        }
    }

    /** What a role may not do is not offered; that it cannot be done is held by PermissionsTest. */
    @ParameterizedTest
    @EnumSource(Role.class)
    void eachRoleSeesWhatItMayDo(Role role) {
        TestDestination shop = destination("shop");
        PortalClient user = PortalClient.signedIn(merchant, role);
        HttpResponse<String> page = user.get(page(shop));
        switch (role) {
            case OWNER, DEVELOPER -> {
                assertThat(user.get(PATH).body()).contains("/portal/webhooks/new");
                assertThat(page.body()).contains("/rotate", "/delete", "/test", "/edit", "/switch");
            }
            case SUPPORT -> {
                assertThat(user.get(PATH).body())
                        .contains("shop")
                        .doesNotContain("/portal/webhooks/new");
                assertThat(page.body())
                        .contains("Deliveries")
                        .doesNotContain(
                                "/rotate", "/delete", "/test", "/edit", "/switch", "/resend");
                assertThat(user.post(page(shop) + "/rotate", Map.of()).statusCode()).isEqualTo(403);
            }
            case MANAGER, ACCOUNTANT, CLERK -> {
                assertThat(page.statusCode()).isEqualTo(403);
                assertThat(user.get("/portal").body()).doesNotContain(PATH);
            }
        }
    }
}
