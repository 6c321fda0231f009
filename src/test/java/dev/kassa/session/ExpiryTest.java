package dev.kassa.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestMerchant.TestDevice;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time moves by the clock's hand, never by waiting. */
class ExpiryTest {
    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();
    private final TestDevice device = merchant.device();

    @AfterEach
    void stop() {
        server.close();
    }

    private String stored(String session) {
        return server.texts("select status from session where session_id = ?::uuid", session)
                .getFirst();
    }

    /**
     * Runs the workers until the session has this final status. The server's own loops run too, and
     * one of them may have taken the attempt a moment before.
     */
    private void workUntil(String session, String status) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!stored(session).equals(status) && System.nanoTime() < deadline) {
            server.reconcile();
            server.run("session-expiry");
        }
        assertThat(stored(session)).isEqualTo(status);
    }

    @Test
    void aSessionReadsAsExpiredFromTheVeryMoment() {
        String session = merchant.session(device);
        server.clock.advance(Duration.ofMinutes(59));
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        server.clock.advance(Duration.ofMinutes(1));
        assertThat(merchant.status(session)).isEqualTo("EXPIRED");
        assertThat(stored(session)).as("written before it is shown").isEqualTo("EXPIRED");
        device.attach(session).is(409);
        merchant.api().put("/ipp/v1/sessions/" + session + "/cancel").is(409);
        server.run("session-expiry");
        assertThat(stored(session)).isEqualTo("EXPIRED");
        assertThat(
                        server.count(
                                """
                                select count(*) from event where session_id = ?::uuid
                                    and type = 'ipp.session.expired'
                                """,
                                session))
                .isOne();
        assertThat(device.api().get("/pos/v1/sessions").json().path("sessions")).isEmpty();
    }

    /** Nobody tapped: the provider is told to end it, and only then does the session expire. */
    @Test
    void aPaymentStillWaitingIsEndedFirst() {
        String session = merchant.session(device);
        device.attach(session).is(200);
        server.clock.advance(Duration.ofHours(1));
        assertThat(merchant.status(session)).isIn("ACTIVE", "EXPIRED");
        workUntil(session, "EXPIRED");
    }

    /** The card was taken a moment before the time was up, and nobody heard of it. */
    @Test
    void aPaymentThatWasCollectedBeatsTheExpiry() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        server.clock.advance(Duration.ofHours(2));
        workUntil(session, "FINALIZED");
    }

    @Test
    void theReconcilerSettlesWhatTheDeviceNeverFinalized() {
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        server.approveAtTheAcquirer(attempt);
        server.reconcile();
        assertThat(stored(session)).as("left to the device at first").isEqualTo("ACTIVE");
        server.clock.advance(Duration.ofSeconds(15));
        workUntil(session, "FINALIZED");
    }

    /**
     * Two nodes expire everything that is due, while a clerk goes on selling: each session once,
     * and nobody waits. {@code kassa.expiry.sessions} says how many are due at the same moment.
     */
    @Test
    void manyAtOnceOnTwoNodes() throws Exception {
        int many = Integer.getInteger("kassa.expiry.sessions", 3000);
        List<String> devices =
                IntStream.range(0, 20).mapToObj(i -> merchant.device().id()).toList();
        String template = merchant.session(new TestDevice(devices.getFirst(), device.api()));
        open(template, devices, many);
        TestDevice till = merchant.device();
        try (TestServer other = server.another();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.withoutLoops();
            other.withoutLoops();
            server.clock.advance(Duration.ofHours(1));
            long begun = System.nanoTime();
            List<Future<?>> nodes =
                    Stream.of(server, other)
                            .map(node -> node.server.part(SessionExpiry.class))
                            .<Future<?>>map(expiry -> threads.submit(() -> drain(expiry)))
                            .toList();
            long slowest = 0;
            int sold = 0;
            while (!nodes.stream().allMatch(Future::isDone)) {
                long before = System.nanoTime();
                merchant.tap(merchant.session(till), "SUCCESS").is(200);
                slowest = Math.max(slowest, System.nanoTime() - before);
                sold++;
            }
            for (Future<?> node : nodes) {
                node.get();
            }
            System.out.printf(
                    "%d sessions expired in %d ms by two nodes; %d sales meanwhile, the slowest %d ms%n",
                    many, (System.nanoTime() - begun) / 1_000_000, sold, slowest / 1_000_000);
        }
        assertThat(
                        server.count(
                                """
                                select count(*) from (select session_id from session join event using (session_id)
                                    where session.merchant_id = ? and status = 'EXPIRED'
                                        and type = 'ipp.session.expired'
                                    group by session_id having count(*) = 1) as once
                                """,
                                merchant.id().value()))
                .isEqualTo(many + 1);
        assertThat(
                        server.count(
                                """
                                select count(*) from event
                                where merchant_id = ? and type = 'ipp.session.expired'
                                """,
                                merchant.id().value()))
                .isEqualTo(many + 1);
    }

    /** As the worker's loop does it: again and again, for what was skipped the time before. */
    private void drain(SessionExpiry expiry) {
        do {
            expiry.runOnce();
        } while (server.count(
                        """
                        select count(*) from (select from session where merchant_id = ?
                            and status = 'CREATED' and expires_at <= now() + interval '1 hour'
                            limit 1) as left_over
                        """,
                        merchant.id().value())
                > 0);
    }

    /** Copies of a session, without their events, all due at the same moment. */
    private void open(String template, List<String> devices, int many) {
        int opened =
                server.jdbc
                        .sql(
                                """
                                insert into session (session_id, merchant_id, device_id, location_id,
                                    status, order_amount, order_tax_amount, purchase_currency,
                                    purchase_started_at, order_items, created_at, updated_at, expires_at)
                                select gen_random_uuid(), merchant_id,
                                    (:devices::uuid[])[1 + n % :count], location_id, status,
                                    order_amount, order_tax_amount, purchase_currency,
                                    purchase_started_at, order_items, created_at, updated_at, expires_at
                                from session, generate_series(1, :many) as n
                                where session_id = :template::uuid
                                """)
                        .param("devices", devices.toArray(String[]::new))
                        .param("count", devices.size())
                        .param("many", many)
                        .param("template", template)
                        .update();
        assertThat(opened).isEqualTo(many);
        server.jdbc.sql("analyze session").update();
    }
}
