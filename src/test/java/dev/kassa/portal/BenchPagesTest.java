package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The playground's bench: a sale, a card and a fault by forms alone. */
class BenchPagesTest {
    private static final String PAGE = "/portal/playground";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient dev = PortalClient.signedIn(merchant, Role.DEVELOPER);

    private String till() {
        assertThat(dev.post(PAGE + "/tills", Map.of("name", "Till <1>")).statusCode())
                .isEqualTo(302);
        return server.texts(
                        "select device_id::text from device where merchant_id = ?"
                                + " order by created_at desc limit 1",
                        merchant.id().value())
                .getFirst();
    }

    private String sell(String till, String amount) {
        HttpResponse<String> answer =
                dev.post(PAGE + "/tills/" + till + "/sessions", Map.of("amount", amount));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        return server.texts(
                        "select session_id::text from session where device_id = ?::uuid"
                                + " order by session_id desc limit 1",
                        till)
                .getFirst();
    }

    private HttpResponse<String> tap(String session, String card) {
        return dev.post(PAGE + "/sessions/" + session + "/tap", Map.of("card", card));
    }

    @Test
    void aSaleIsPaidByForms() {
        String till = till();
        String session = sell(till, "99,90");
        assertThat(dev.get(PAGE).body()).contains("Till &lt;1&gt;", "99.90", "Waiting");
        assertThat(tap(session, "INSUFFICIENT_FUNDS").statusCode()).isEqualTo(302);
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");
        assertThat(tap(session, "SUCCESS").statusCode()).isEqualTo(302);
        assertThat(merchant.status(session)).isEqualTo("FINALIZED");
        assertThat(dev.get(PAGE).body()).contains("Paid", "order.created", "payment.failed");
        assertThat(
                        server.texts(
                                "select actor from audit_entry where subject = ? and action ="
                                        + " 'session.created'",
                                session))
                .containsExactly("user:" + dev.email);
    }

    /** What its curl lines say works as it stands there. */
    @Test
    void itsCartIsOneThatTheApiTakes() {
        String till = till();
        String page = dev.get(PAGE).body();
        String cart =
                page.substring(page.indexOf("-d &#39;{") + 8, page.indexOf("}&#39;</pre>") + 1)
                        .replace("&quot;", "\"");
        assertThat(merchant.api().post("/ipp/v1/sessions", cart).is(200).text("device_id"))
                .isEqualTo(till);
    }

    @Test
    void whatCannotBeIsSaid() {
        String till = till();
        HttpResponse<String> answer =
                dev.post(PAGE + "/tills/" + till + "/sessions", Map.of("amount", "much"));
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("Type an amount");
        String session = sell(till, "1");
        assertThat(tap(session, "SUCCESS").statusCode()).isEqualTo(302);
        assertThat(tap(session, "SUCCESS").statusCode()).isEqualTo(409);
        assertThat(tap(session, "GOLD").statusCode()).isEqualTo(400);
        assertThat(dev.post(PAGE + "/tills", Map.of("name", " ")).statusCode()).isEqualTo(400);
    }

    /** "Says no and means yes": the shop is not told that it was not paid. */
    @Test
    void aFaultHappensOnce() {
        String session = sell(till(), "240");
        for (String fault : List.of("LOST_REPLY", "SERVER_ERROR_AFTER")) {
            assertThat(dev.post(PAGE + "/faults", Map.of("fault", fault)).statusCode())
                    .isEqualTo(302);
        }
        assertThat(dev.get(PAGE).body()).contains("means yes</li>");
        assertThat(tap(session, "SUCCESS").statusCode()).isBetween(302, 409);
        assertThat(dev.get(PAGE).body()).contains("answers as it should");
        assertThat(dev.post(PAGE + "/faults", Map.of("fault", "GARBAGE")).statusCode())
                .isEqualTo(302);
        assertThat(dev.post(PAGE + "/faults/clear", Map.of()).statusCode()).isEqualTo(302);
        assertThat(dev.get(PAGE).body()).contains("answers as it should");
    }

    @Test
    void itIsTheMerchantsOwn() {
        String session = sell(till(), "240");
        PortalClient stranger = PortalClient.signedIn(server.merchant(), Role.OWNER);
        assertThat(stranger.post(PAGE + "/sessions/" + session + "/tap", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        assertThat(stranger.get(PAGE).body()).doesNotContain(session);
        PortalClient clerk = PortalClient.signedIn(merchant, Role.ACCOUNTANT);
        assertThat(clerk.get(PAGE).statusCode()).isEqualTo(403);
        assertThat(clerk.get("/portal").body()).doesNotContain(PAGE);
    }
}
