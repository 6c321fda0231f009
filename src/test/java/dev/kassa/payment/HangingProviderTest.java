package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.SecondProvider;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A provider that hangs holds up its own checks, and nothing else. */
class HangingProviderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Of one provider, at the most; see Bulkheads. */
    private static final int UNDER_WAY = 32;

    private static final int HANGING = UNDER_WAY + 28;

    private static void belongsTo(TestServer server, String session, String provider) {
        server.jdbc
                .sql("update attempt set provider = ? where session_id = ?::uuid")
                .params(provider, session)
                .update();
    }

    /** Collected at the acquirer, and nobody has told Kassa. */
    private static String paidUnheard(TestServer server, TestMerchant merchant, String provider) {
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        server.approveAtTheAcquirer(device.attach(session).is(200).text("payment", "attempt_id"));
        belongsTo(server, session, provider);
        return session;
    }

    private static long due(TestServer server) {
        return server.jdbc
                .sql(
                        """
                        select count(*) from attempt
                        where provider = ? and status = 'PENDING' and check_at <= ?::timestamptz
                        """)
                .params(SecondProvider.NAME, server.clock.instant().toString())
                .query(Long.class)
                .single();
    }

    @Test
    void itHoldsUpOnlyItsOwnChecks() throws Exception {
        try (TestServer server = SecondProvider.server(MovableClock.stopped())) {
            TestMerchant merchant = server.merchant();
            SecondProvider second = server.server.part(SecondProvider.class);
            List<String> hanging = new ArrayList<>();
            for (int i = 0; i < HANGING; i++) {
                hanging.add(paidUnheard(server, merchant, SecondProvider.NAME));
            }
            // Begun later, so that the hanging ones stand before them.
            server.clock.advance(Duration.ofSeconds(1));
            String session = paidUnheard(server, merchant, "simulator");
            TestOrder order = TestOrder.paid(merchant, merchant.device());
            belongsTo(server, order.session(), "simulator");
            order.fault("REFUND", "LOST_REQUEST");
            order.refund(100).is(201);
            TestMerchant.TestDevice device = merchant.device();
            String late = merchant.session(device);
            device.attach(late).is(200);
            belongsTo(server, late, "simulator");
            merchant.cancel(late).is(200);
            fault(merchant, late, "REFUND", "LOST_REQUEST");
            merchant.api().post("/ipp/v1/dev/sessions/" + late + "/provider-decision", "").is(200);

            second.hang();
            server.clock.advance(Duration.ofSeconds(16));
            Reconciler reconciler = server.server.part(Reconciler.class);
            reconciler.runOnce();
            Await.until(PATIENCE, () -> merchant.status(session).equals("FINALIZED"));
            Await.until(PATIENCE, () -> order.events("refund.created") == 1);
            Await.until(
                    PATIENCE,
                    () ->
                            server.texts(
                                            "select status from refund where session_id = ?::uuid",
                                            late)
                                    .equals(List.of("REFUNDED")));
            Await.until(PATIENCE, () -> second.lookups.get() == UNDER_WAY);
            assertThat(due(server)).isEqualTo(HANGING - UNDER_WAY);

            server.clock.advance(Duration.ofMinutes(2));
            reconciler.runOnce();
            assertThat(second.lookups).as("the rest waits in the database").hasValue(UNDER_WAY);

            second.answer();
            assertThat(reconciler.await(PATIENCE)).isTrue();
            server.reconcile();
            assertThat(hanging)
                    .allSatisfy(one -> assertThat(merchant.status(one)).isEqualTo("FINALIZED"));
            assertThat(second.lookups).hasValue(HANGING);
        }
    }

    private static void fault(TestMerchant merchant, String session, String call, String fault) {
        merchant.api()
                .put(
                        "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                        "{\"faults\": " + TestOrder.fault(call, fault, 1) + "}")
                .is(200);
    }

    /** What was claimed there is due again soon, though the one who claimed it is gone. */
    @Test
    void aStopDoesNotWaitForItAndNothingIsLostForLong() throws Exception {
        TestServer server = SecondProvider.server(MovableClock.stopped());
        TestMerchant merchant = server.merchant();
        SecondProvider second = server.server.part(SecondProvider.class);
        String session = paidUnheard(server, merchant, SecondProvider.NAME);
        second.hang();
        server.clock.advance(Duration.ofSeconds(16));
        server.run("reconciler");
        Await.until(PATIENCE, () -> second.lookups.get() == 1);
        Thread stop = Thread.ofVirtual().start(server::close);
        assertThat(stop.join(PATIENCE)).as("the stop ends").isTrue();

        System.setProperty(SecondProvider.PROPERTY, "true");
        try (TestServer next = server.restart().withoutLoops()) {
            next.clock.advance(Duration.ofSeconds(31));
            next.reconcile();
            assertThat(next.texts("select status from session where session_id = ?::uuid", session))
                    .containsExactly("FINALIZED");
        } finally {
            System.clearProperty(SecondProvider.PROPERTY);
        }
    }
}
