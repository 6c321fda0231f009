package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** Sales whose provider a test makes fail, and what came of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SalesAtAProvider {
    final TestServer server = TestServer.start().withoutLoops();

    final TestMerchant merchant = server.merchant();

    @AfterAll
    void stop() {
        server.close();
    }

    /** A device of its own, so that no test waits for another's session. */
    record Sale(TestMerchant.TestDevice device, String id) {}

    Sale sale() {
        TestMerchant.TestDevice device = merchant.device();
        return new Sale(device, merchant.session(device));
    }

    void faults(Sale sale, String... steps) {
        merchant.api()
                .put(
                        "/ipp/v1/dev/sessions/" + sale.id() + "/provider-faults",
                        "{\"faults\": [" + String.join(", ", steps) + "]}")
                .is(200);
    }

    static String step(String call, String fault) {
        return "{\"call\": \"" + call + "\", \"fault\": \"" + fault + "\"}";
    }

    Answer decide(Sale sale, String query) {
        return merchant.api()
                .post("/ipp/v1/dev/sessions/" + sale.id() + "/provider-decision?" + query, "");
    }

    void later(Duration by) {
        server.clock.advance(by);
        server.reconcile();
        server.run("session-expiry");
    }

    List<String> events(Sale sale) {
        return server.texts(
                "select type from event where session_id = ?::uuid order by seq", sale.id());
    }

    String money(Sale sale) {
        return server.texts(
                        """
                        select count(*) filter (where status = 'APPROVED') || ' charged, '
                            || count(*) filter (where refunded_amount = amount) || ' given back'
                        from simulator_payment where session_id = ?::uuid
                        """,
                        sale.id())
                .getFirst();
    }

    void paidOnce(Sale sale) {
        assertThat(merchant.status(sale.id())).isEqualTo("FINALIZED");
        assertThat(money(sale)).isEqualTo("1 charged, 0 given back");
        assertThat(
                        server.count(
                                "select count(*) from orders where session_id = ?::uuid",
                                sale.id()))
                .isOne();
        assertThat(events(sale)).containsOnlyOnce("ipp.session.finalized");
    }

    /** The contradictions kept for a session. */
    List<String> kept(Sale sale) {
        return server.texts(
                """
                select late_answer.status from late_answer join attempt using (attempt_id)
                where session_id = ?::uuid order by late_answer_id
                """,
                sale.id());
    }

    List<String> refunds(Sale sale) {
        return server.texts(
                "select status from refund where session_id = ?::uuid order by refund_id",
                sale.id());
    }
}
