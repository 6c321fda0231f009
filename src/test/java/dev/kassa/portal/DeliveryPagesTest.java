package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Deliveries in the portal: what was sent and answered, and sending it again. */
class DeliveryPagesTest {
    private static final String MARKUP = "<script>alert(1)</script>";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final PortalClient owner = PortalClient.signedIn(merchant, Role.OWNER);
    private final Endpoint endpoint = Endpoint.open(Endpoint.status(200));
    private final TestDestination shop = TestDestination.create(merchant, "shop", endpoint.url());
    private final String page = "/portal/webhooks/" + shop.id();

    @AfterEach
    void stop() {
        endpoint.close();
    }

    private String delivery(String event) {
        return page + "/deliveries/" + event;
    }

    private static Endpoint.Behaviour failing(String body) {
        return (request, socket) ->
                Endpoint.write(
                        socket,
                        "HTTP/1.1 500 X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /** Until it was seen that it failed, nobody would know where to look. */
    @Test
    void whatFailedIsSeenSentAgainAndArrives() throws Exception {
        endpoint.behave(failing(MARKUP));
        merchant.session(device);
        JsonNode failed = shop.tried(1);
        String event = failed.path("event_id").asString();

        assertThat(owner.get("/portal/webhooks").body()).contains("Failing");
        assertThat(owner.get(page).body())
                .contains("The newest event did not arrive:", "answered 500", "Pending");
        HttpResponse<String> seen = owner.get(delivery(event));
        assertThat(seen.body())
                .contains("The next automatic try is in", "answered 500", "Send again now")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
                .contains(failed.path("payload").toString().replace("\"", "&quot;"))
                .contains(endpoint.received.getFirst().headers().get("webhook-timestamp"))
                .doesNotContain("<script>alert", "v1,ey");

        endpoint.behave(Endpoint.status(200));
        HttpResponse<String> sent = owner.post(delivery(event) + "/resend", Map.of());
        assertThat(sent.statusCode()).isEqualTo(302);
        assertThat(sent.headers().firstValue("Location").orElse("")).endsWith(delivery(event));
        endpoint.receives(2);
        assertThat(endpoint.received.get(1).body()).isEqualTo(endpoint.received.get(0).body());
        assertThat(endpoint.received.get(1).id()).isEqualTo(event);
        assertThat(shop.tried(2).path("status").asString()).isEqualTo("DELIVERED");
        assertThat(owner.get(delivery(event)).body()).contains("It arrived at", "answer 200");
        assertThat(owner.get(page).body()).doesNotContain("The newest event did not arrive:");
    }

    @Test
    void aTestEventLeadsToItsDelivery() throws Exception {
        HttpResponse<String> sent = owner.post(page + "/test", Map.of());
        String path = sent.headers().firstValue("Location").orElse("");
        assertThat(shop.tried(1).path("event_type").asString()).isEqualTo("kassa.test");
        assertThat(endpoint.received.getFirst().isSignedWith(shop.secret())).isTrue();
        assertThat(owner.get(path.substring(path.indexOf("/portal"))).body())
                .contains("kassa.test", "Delivered");
    }

    @Test
    void deliveriesAreFilteredAndPagedByTheirPlace() {
        merchant.session(device);
        endpoint.receives(1);
        shop.tried(1);
        assertThat(owner.get(page + "?status=DELIVERED").body()).contains("ipp.session.created");
        assertThat(owner.get(page + "?status=FAILED").body())
                .contains("None in this state.")
                .doesNotContain("ipp.session.created");
        assertThat(owner.get(page + "?status=nonsense&before=x").statusCode()).isEqualTo(200);
        for (int i = 0; i < 50; i++) {
            merchant.cancel(merchant.session(device)).is(200);
        }
        String first = owner.get(page).body();
        assertThat(first.split("/deliveries/kevt_", -1)).hasSize(51);
        String before = first.replaceFirst("(?s).*[?&;]before=(\\d+).*", "$1");
        String second = owner.get(page + "?before=" + before).body();
        assertThat(second.split("/deliveries/kevt_", -1)).hasSize(51);
        assertThat(owner.get(page + "?status=DELIVERED&before=1").body())
                .doesNotContain("/deliveries/kevt_");
    }

    @Test
    void whatWasMissedWhileOffIsSent() {
        Instant from = server.clock.instant();
        assertThat(owner.post(page + "/switch", Map.of("enabled", "false")).statusCode())
                .isEqualTo(302);
        merchant.session(device);
        assertThat(owner.get(page + "/resend").body())
                .contains("Enable it first.", "value=\"" + PortalFormats.field(from));
        Map<String, String> stretch = Map.of("from", PortalFormats.field(from), "to", "");
        assertThat(owner.post(page + "/resend", stretch).statusCode()).isEqualTo(409);
        assertThat(owner.post(page + "/switch", Map.of("enabled", "true")).statusCode())
                .isEqualTo(302);

        HttpResponse<String> sent = owner.post(page + "/resend", stretch);
        assertThat(sent.headers().firstValue("Location").orElse("")).endsWith(page + "?queued=1");
        endpoint.receives(1);
        shop.tried(1);
        assertThat(owner.get(page + "?queued=1").body()).contains("1 event is being sent again.");
        assertThat(owner.post(page + "/resend", stretch).headers().firstValue("Location"))
                .get()
                .asString()
                .endsWith("?queued=0");
        Map<String, String> all = Map.of("from", stretch.get("from"), "deliveredToo", "on");
        assertThat(owner.post(page + "/resend", all).headers().firstValue("Location"))
                .get()
                .asString()
                .endsWith("?queued=1");
        endpoint.receives(2);
        assertThat(owner.get(page + "?queued=%3Cb%3E").body()).doesNotContain("being sent again");
    }

    @ParameterizedTest
    @CsvSource({
        "'',2026-01-01T10:00,Fill this in.",
        "yesterday,'',A date and a time are needed",
        "2026-01-02T10:00,2026-01-01T10:00,The end must be later than the beginning."
    })
    void aStretchThatIsNoneIsSaid(String from, String to, String words) {
        HttpResponse<String> again =
                owner.post(page + "/resend", Map.of("from", from, "to", to, "deliveredToo", "on"));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains(words, "value=\"" + from + "\"", "value=\"" + to + "\"")
                .contains("checked");
    }

    @Test
    void aDeliveryThatNobodyWasSentIsNotThere() {
        merchant.session(device);
        String event = shop.tried(1).path("event_id").asString();
        TestDestination other = TestDestination.create(merchant, "other", endpoint.url());
        assertThat(
                        owner.get("/portal/webhooks/" + other.id() + "/deliveries/" + event)
                                .statusCode())
                .isEqualTo(404);
        PortalClient stranger = PortalClient.signedIn(server.merchant(), Role.OWNER);
        assertThat(stranger.get(delivery(event)).statusCode()).isEqualTo(404);
        assertThat(stranger.post(delivery(event) + "/resend", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(stranger.post(page + "/resend", Map.of("from", "2026-01-01T10:00")).statusCode())
                .isEqualTo(404);
        assertThat(owner.get(delivery("kevt_%27")).statusCode()).isEqualTo(404);
        assertThat(shop.deliveries()).hasSize(1);
    }

    @Test
    void supportReadsAndSendsNothing() {
        merchant.session(device);
        String event = shop.tried(1).path("event_id").asString();
        PortalClient support = PortalClient.signedIn(merchant, Role.SUPPORT);
        assertThat(support.get(delivery(event)).body())
                .contains("ipp.session.created", "answer 200")
                .doesNotContain("Send again now");
        assertThat(support.post(delivery(event) + "/resend", Map.of()).statusCode()).isEqualTo(403);
    }

    @Test
    void whatIsGivenUpSaysSo() {
        try (TestServer own = TestServer.start()) {
            TestMerchant theirs = own.merchant();
            endpoint.behave(Endpoint.status(410));
            TestDestination gone = TestDestination.create(theirs, "gone", endpoint.url());
            theirs.session(theirs.device());
            String event = gone.tried(1).path("event_id").asString();
            own.clock.advance(Duration.ofMinutes(1));
            PortalClient user = PortalClient.signedIn(theirs, Role.OWNER);
            String at = "/portal/webhooks/" + gone.id();
            assertThat(user.get(at).body())
                    .contains("Disabled", "The endpoint answered 410 Gone.", "Failed");
            assertThat(user.get(at + "/deliveries/" + event).body())
                    .contains("It is not tried any more by itself.")
                    .doesNotContain("Send again now");
        }
    }
}
