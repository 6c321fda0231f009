package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A change and its event, order and intent are written together or not at all: here one of the
 * inserts is made to fail by the database itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AtomicityTest {
    private final TestServer server = TestServer.start().withoutLoops();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    @BeforeAll
    void aFunctionThatFails() {
        server.jdbc
                .sql(
                        """
                        create function fail() returns trigger language plpgsql as
                        $$ begin raise exception 'made to fail'; end $$
                        """)
                .update();
    }

    @AfterEach
    void mend() {
        for (String table : List.of("event", "attempt", "orders", "order_movement", "delivery")) {
            server.jdbc.sql("drop trigger if exists failing on " + table).update();
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void failOnInsertInto(String table) {
        server.jdbc
                .sql(
                        "create trigger failing before insert on "
                                + table
                                + " for each row execute function fail()")
                .update();
    }

    private List<String> everything(String session) {
        return server.texts(
                """
                select s.status || ' ' || coalesce(s.attempt_id::text, '-') || ' '
                    || (select count(*) from attempt a where a.session_id = s.session_id) || ' '
                    || coalesce((select string_agg(a.status, ' ') from attempt a
                        where a.session_id = s.session_id), '-') || ' '
                    || (select count(*) from event e where e.session_id = s.session_id) || ' '
                    || (select count(*) from orders o where o.session_id = s.session_id)
                from session s where session_id = ?::uuid
                """,
                session);
    }

    private void fails(TestClient client, String method, String path, String body) {
        int status =
                client.plain(
                                client.request(path)
                                        .header("Content-Type", "application/json")
                                        .method(method, HttpRequest.BodyPublishers.ofString(body)))
                        .statusCode();
        assertThat(status).isEqualTo(500);
    }

    @Test
    void noSessionWithoutItsEvent() {
        long before = sessions();
        failOnInsertInto("event");
        fails(merchant.api(), "POST", "/ipp/v1/sessions", TestMerchant.cart(device.id()));
        assertThat(sessions()).isEqualTo(before);
    }

    private long sessions() {
        return server.count(
                "select count(*) from session where merchant_id = ?", merchant.id().value());
    }

    @Test
    void noAttachCancelOrExpiryWithoutItsEvent() {
        String session = merchant.session(device);
        List<String> before = everything(session);
        failOnInsertInto("event");
        fails(
                device.api(),
                "POST",
                "/pos/v1/sessions/" + session + "/payments",
                "{\"method\": \"tap_to_pay\"}");
        assertThat(everything(session)).isEqualTo(before);
        fails(merchant.api(), "PUT", "/ipp/v1/sessions/" + session + "/cancel", "");
        assertThat(everything(session)).isEqualTo(before);
        mend();
        merchant.cancel(session).is(200);
    }

    @Test
    void noExpiryWithoutItsEvent() {
        String session = merchant.session(device);
        List<String> before = everything(session);
        server.clock.advance(Duration.ofHours(1));
        failOnInsertInto("event");
        assertThatThrownBy(() -> server.run("session-expiry")).hasMessageContaining("made to fail");
        assertThat(everything(session)).isEqualTo(before);
        mend();
        server.run("session-expiry");
        assertThat(merchant.status(session)).isEqualTo("EXPIRED");
    }

    /** The money is taken, so the payment stays in flight until the order can be written too. */
    @Test
    void noPaymentWithoutItsOrderItsCaptureAndItsEvents() {
        for (String table : List.of("orders", "order_movement", "event")) {
            String session = merchant.session(device);
            String attempt = device.attach(session).is(200).text("payment", "attempt_id");
            server.approveAtTheAcquirer(attempt);
            List<String> before = everything(session);
            failOnInsertInto(table);
            fails(device.api(), "POST", "/pos/v1/sessions/" + session + "/finalize", "");
            assertThat(everything(session)).as(table).isEqualTo(before);
            mend();
            server.clock.advance(Duration.ofSeconds(16));
            server.reconcile();
            assertThat(merchant.status(session)).isEqualTo("FINALIZED");
        }
    }

    @Test
    void theProviderNeverHearsOfAPaymentThatIsNotWrittenDown() {
        String session = merchant.session(device);
        failOnInsertInto("attempt");
        fails(
                device.api(),
                "POST",
                "/pos/v1/sessions/" + session + "/payments",
                "{\"method\": \"tap_to_pay\"}");
        assertThat(
                        server.count(
                                """
                                select count(*) from simulator_payment where session_id = ?::uuid
                                """,
                                session))
                .isZero();
        mend();
        merchant.cancel(session).is(200);
    }
}
