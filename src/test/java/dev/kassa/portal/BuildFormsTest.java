package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The forms of webhooks, events and API keys, each with its line in the audit log. */
class BuildFormsTest {
    private static final String HOOK = "/portal/webhooks/{destination_id}";

    /** Each form with the line that it leaves. */
    static final Map<String, String> LINES =
            Map.ofEntries(
                    Map.entry("/portal/webhooks", "destination.created"),
                    Map.entry(HOOK + "/edit", "destination.changed"),
                    Map.entry(HOOK + "/switch", "destination.changed"),
                    Map.entry(HOOK + "/delete", "destination.removed"),
                    Map.entry(HOOK + "/rotate", "destination.secret_rotated"),
                    Map.entry(HOOK + "/reveal", "destination.secret_shown"),
                    Map.entry(HOOK + "/test", "destination.tested"),
                    Map.entry(HOOK + "/resend", "deliveries.queued_again"),
                    Map.entry(HOOK + "/deliveries/{event_id}/resend", "deliveries.queued_again"),
                    Map.entry("/portal/events/{event_id}/send", "deliveries.queued_again"),
                    Map.entry("/portal/keys", "key.created"),
                    Map.entry("/portal/keys/{username}/revoke", "key.revoked"));

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);

    /** Whatever any of them may ask for; each reads what it knows. */
    private Map<String, String> fields(TestDestination shop) {
        return Map.of(
                "name", "form " + UUID.randomUUID(),
                "url", "https://example.com/",
                "scope", "all",
                "enabled", "true",
                "destination", shop.id(),
                "from", "2026-01-01T00:00");
    }

    @Test
    void eachFormHasItsLine() {
        merchant.session(merchant.device());
        String event =
                server.texts(
                                "select event_id from event where merchant_id = ?",
                                merchant.id().value())
                        .getFirst();
        for (var form : new TreeMap<>(LINES).entrySet()) {
            TestDestination shop =
                    TestDestination.create(
                            merchant,
                            UUID.randomUUID().toString(),
                            URI.create("http://127.0.0.1:9/"));
            String path =
                    form.getKey()
                            .replace("{destination_id}", shop.id())
                            .replace("{event_id}", event)
                            .replace(
                                    "{username}",
                                    server.server
                                            .part(ApiKeys.class)
                                            .issue(merchant.id())
                                            .username());
            HttpResponse<String> answer = browser.post(path, fields(shop));
            assertThat(answer.statusCode()).as("%s %s", path, answer.body()).isIn(200, 302);
            assertThat(
                            server.texts(
                                    "select actor || ' ' || action from audit_entry"
                                            + " where correlation_id = ?",
                                    answer.headers().firstValue("correlation-id").orElseThrow()))
                    .as(path)
                    .containsExactly("user:" + browser.email + " " + form.getValue());
        }
        assertThat(browser.get("/portal/audit").body()).doesNotContain("whsec_", "kco_test_api_");
    }

    /** What makes, shows or ends a secret asks again who sends it; until then nothing is done. */
    @Test
    void secretsAskWhoSendsTheForm() {
        Set<String> asking =
                Set.of(
                        "/portal/webhooks",
                        HOOK + "/rotate",
                        HOOK + "/reveal",
                        "/portal/keys",
                        "/portal/keys/{username}/revoke");
        try (TestServer own = TestServer.start(MovableClock.stopped())) {
            TestMerchant theirs = own.merchant();
            PortalClient late = PortalClient.signedIn(theirs, Role.OWNER).from("203.0.113.9");
            TestDestination shop =
                    TestDestination.create(theirs, "shop", URI.create("http://127.0.0.1:9/"));
            own.clock.advance(Duration.ofMinutes(5));
            for (String form : asking) {
                String path =
                        form.replace("{destination_id}", shop.id())
                                .replace("{username}", theirs.key().username());
                HttpResponse<String> asked = late.post(path, fields(shop));
                assertThat(asked.statusCode()).as(path).isEqualTo(403);
                assertThat(asked.body())
                        .contains("name=\"proof\"", "name=\"scope\" value=\"all\"")
                        .doesNotContain("whsec_", "kco_test_api_");
                assertThat(
                                own.count(
                                        "select count(*) from audit_entry where correlation_id = ?",
                                        asked.headers().firstValue("correlation-id").orElseThrow()))
                        .as(path)
                        .isZero();
            }
            assertThat(asking)
                    .as("all others do not ask")
                    .hasSize((int) LINES.keySet().stream().filter(this::asks).count());
            theirs.api().get("/ipp/v1/devices").is(200);
            assertThat(
                            late.post(
                                            "/portal/keys",
                                            Map.of("scope", "all", "proof", PortalClient.PASSWORD))
                                    .body())
                    .contains("kco_test_api_");
        }
    }

    private boolean asks(String form) {
        return server
                .server
                .part(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .entrySet()
                .stream()
                .filter(route -> route.getKey().getPatternValues().contains(form))
                .anyMatch(route -> route.getValue().hasMethodAnnotation(StepUp.class));
    }
}
