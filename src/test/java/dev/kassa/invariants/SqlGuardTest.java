package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each guard of the SQL stands alone: the request has read the session and waits for the device's
 * row, the session changes meanwhile, and the statement must notice by itself. The CHECK and the
 * index that would catch what a guard lets through are taken away here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlGuardTest {
    private static final String PAYMENT_BEGINS =
            """
            with new as (
                insert into attempt (attempt_id, merchant_id, session_id, device_id, method,
                    provider, amount, currency, manual_capture, status, created_at, gives_up_at,
                    check_at)
                select gen_random_uuid(), merchant_id, session_id, device_id, 'tap_to_pay',
                    'simulator', order_amount, purchase_currency, false, 'PENDING', now(),
                    expires_at, now() + interval '1 hour'
                from session where session_id = ?::uuid
                returning session_id, attempt_id
            )
            update session set status = 'ACTIVE', attempt_id = new.attempt_id
            from new where session.session_id = new.session_id
            """;

    /** What each change of a session locks first. */
    private static final String DEVICE =
            """
            select from device
            where device_id = (select device_id from session where session_id = ?::uuid)
            for update
            """;

    private static final String TIME_IS_UP =
            "update session set expires_at = created_at where session_id = ?::uuid";

    private final TestServer server = TestServer.start().withoutLoops();
    private final TestMerchant merchant = server.merchant();
    private TestMerchant.TestDevice device = merchant.device();

    @BeforeAll
    void withoutTheSecondLine() {
        server.jdbc.sql("alter table session drop constraint session_attempt_only_active").update();
        server.jdbc.sql("drop index attempt_one_pending").update();
    }

    /** So that no test meets what another left open. */
    @BeforeEach
    void anotherDevice() {
        device = merchant.device();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String becomes(String status) {
        return "update session set status = '" + status + "' where session_id = ?::uuid";
    }

    /** Runs the change after the request has read the session and before it may write. */
    private Answer meanwhile(String session, String change, Supplier<Answer> request)
            throws Exception {
        return meanwhile(DEVICE, session, change, request::get);
    }

    private <T> T meanwhile(String lock, String session, String change, Callable<T> work)
            throws Exception {
        try (Connection connection = server.server.part(DataSource.class).getConnection();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            connection.setAutoCommit(false);
            run(connection, lock, session);
            Future<T> done = threads.submit(work);
            Await.until(
                    Duration.ofSeconds(30),
                    () ->
                            server.count(
                                            """
                                            select count(*) from pg_stat_activity
                                            where datname = ? and wait_event_type = 'Lock'
                                            """,
                                            database())
                                    == 1);
            run(connection, change, session);
            connection.commit();
            return done.get();
        }
    }

    private String database() {
        return server.jdbc.sql("select current_database()").query(String.class).single();
    }

    private static void run(Connection connection, String sql, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, id);
            boolean _ = statement.execute();
        }
    }

    /** Status, payment in flight or not, the payments, the orders. */
    private String state(String session) {
        List<String> rows =
                server.texts(
                        """
                        select status || case when attempt_id is null then '' else ' in flight' end
                            || coalesce((select ' ' || string_agg(a.status, ' ') from attempt a
                                where a.session_id = s.session_id), '')
                            || (select repeat(' order', count(*)::int) from orders o
                                where o.session_id = s.session_id)
                        from session s where session_id = ?::uuid
                        """,
                        session);
        return rows.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCELLED", "EXPIRED", "FAILED"})
    void attachFindsTheSessionEnded(String status) throws Exception {
        String session = merchant.session(device);
        meanwhile(session, becomes(status), () -> device.attach(session)).is(409);
        assertThat(state(session)).isEqualTo(status);
    }

    @Test
    void attachFindsTheTimeUp() throws Exception {
        String session = merchant.session(device);
        meanwhile(session, TIME_IS_UP, () -> device.attach(session)).is(409);
        assertThat(state(session)).isEqualTo("EXPIRED");
    }

    @Test
    void attachFindsAPaymentInFlight() throws Exception {
        String session = merchant.session(device);
        meanwhile(session, PAYMENT_BEGINS, () -> device.attach(session)).is(200);
        assertThat(state(session)).isEqualTo("ACTIVE in flight PENDING");
    }

    @Test
    void attachFindsTheDeviceDeregistered() throws Exception {
        String session = merchant.session(device);
        String deregistered =
                """
                update device set deregistered_at = now()
                where device_id = (select device_id from session where session_id = ?::uuid)
                """;
        meanwhile(session, deregistered, () -> device.attach(session)).is(409);
        assertThat(state(session)).isEqualTo("CREATED");
    }

    /** The cancel then ends that payment at the provider first. */
    @Test
    void cancelFindsAPaymentInFlight() throws Exception {
        String session = merchant.session(device);
        meanwhile(session, PAYMENT_BEGINS, () -> merchant.cancel(session)).is(200);
        assertThat(state(session)).isEqualTo("CANCELLED CANCELLED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EXPIRED", "FAILED"})
    void cancelFindsTheSessionEnded(String status) throws Exception {
        String session = merchant.session(device);
        meanwhile(session, becomes(status), () -> merchant.cancel(session)).is(409);
        assertThat(state(session)).isEqualTo(status);
    }

    @Test
    void cancelFindsTheTimeUp() throws Exception {
        String session = merchant.session(device);
        meanwhile(session, TIME_IS_UP, () -> merchant.cancel(session)).is(409);
        assertThat(state(session)).isEqualTo("EXPIRED");
    }

    private String overdue() {
        String session = merchant.session(device);
        server.jdbc.sql(TIME_IS_UP).param(session).update();
        return session;
    }

    private Answer read(String session) {
        return merchant.api().get("/ipp/v1/sessions/" + session).is(200);
    }

    @Test
    void expiryFindsAPaymentInFlight() throws Exception {
        String session = overdue();
        assertThat(meanwhile(session, PAYMENT_BEGINS, () -> read(session)).text("status"))
                .isEqualTo("ACTIVE");
        assertThat(state(session)).isEqualTo("ACTIVE in flight PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCELLED", "FAILED"})
    void expiryFindsTheSessionEnded(String status) throws Exception {
        String session = overdue();
        assertThat(meanwhile(session, becomes(status), () -> read(session)).text("status"))
                .isEqualTo(status);
        assertThat(state(session)).isEqualTo(status);
    }

    /** The worker leaves out devices that are locked, so here it waits for the session itself. */
    private void expireAll(String session, String change) throws Exception {
        String lock = "select from session where session_id = ?::uuid for update";
        meanwhile(
                lock,
                session,
                change,
                () -> {
                    server.run("session-expiry");
                    return session;
                });
    }

    @Test
    void expiryOfManyFindsAPaymentInFlight() throws Exception {
        String session = overdue();
        expireAll(session, PAYMENT_BEGINS);
        assertThat(state(session)).isEqualTo("ACTIVE in flight PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCELLED", "FAILED"})
    void expiryOfManyFindsTheSessionEnded(String status) throws Exception {
        String session = overdue();
        expireAll(session, becomes(status));
        assertThat(state(session)).isEqualTo(status);
    }

    @Test
    void expiryOfManyFindsTheTimeNotUp() throws Exception {
        String session = overdue();
        expireAll(
                session,
                """
                update session set expires_at = now() + interval '1 hour'
                where session_id = ?::uuid
                """);
        assertThat(state(session)).isEqualTo("CREATED");
    }

    /** A payment that the provider has approved, and that Kassa does not know of yet. */
    private String approved() {
        String session = merchant.session(device);
        server.approveAtTheAcquirer(device.attach(session).is(200).text("payment", "attempt_id"));
        return session;
    }

    /** The approval came too late for this payment: no order of it, and the money goes back. */
    @ParameterizedTest
    @ValueSource(strings = {"DECLINED", "FAILED"})
    void settleFindsThePaymentSettled(String verdict) throws Exception {
        String session = approved();
        String settled =
                """
                update attempt set status = '%s', failure_reason = 'bent', settled_at = now()
                where session_id = ?::uuid
                """
                        .formatted(verdict);
        meanwhile(session, settled, () -> device.finish(session)).is(200);
        assertThat(state(session)).isEqualTo("ACTIVE in flight " + verdict);
        assertThat(
                        server.count(
                                """
                                select count(*) from refund where session_id = ?::uuid
                                    and status = 'REFUNDED'
                                """,
                                session))
                .isOne();
    }

    @Test
    void settleFindsTheSessionNotPaidByThisPayment() throws Exception {
        String session = approved();
        String other =
                "update session set attempt_id = gen_random_uuid() where session_id = ?::uuid";
        meanwhile(session, other, () -> device.finish(session)).is(200);
        assertThat(state(session)).isEqualTo("ACTIVE in flight PENDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATED", "CANCELLED", "EXPIRED", "FAILED"})
    void settleFindsTheSessionNotBeingPaid(String status) throws Exception {
        String session = approved();
        meanwhile(session, becomes(status), () -> device.finish(session)).is(200);
        assertThat(state(session)).isEqualTo(status + " in flight PENDING");
    }
}
