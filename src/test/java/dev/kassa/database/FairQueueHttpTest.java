package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A merchant that sends more than is worked on waits for itself: not its reads, and not others. */
class FairQueueHttpTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** More than are worked on at a time on any machine, with the default pool. */
    private static final int MORE = 5;

    private static final int SHARE = Math.max(Runtime.getRuntime().availableProcessors(), 16 / 8);

    /** Nothing is refused for having waited while this test holds a lock. */
    private static final Map<String, String> PATIENT =
            Map.of(
                    "KASSA_DATABASE_LOCK_TIMEOUT", "20s",
                    "KASSA_DATABASE_STATEMENT_TIMEOUT", "25s",
                    "KASSA_DATABASE_SOCKET_TIMEOUT", "30s",
                    "KASSA_REQUEST_TIMEOUT", "40s");

    /** Who waits for a table. Not by their statements, which PostgreSQL shows only in part. */
    private static final String WAIT_FOR_TABLE =
            """
            select count(distinct pid) from pg_locks
            where not granted and relation = ?::regclass
                and database = (select oid from pg_database where datname = current_database())
            """;

    private static Connection beside(TestServer server) throws Exception {
        DatabaseSettings.Login login =
                Objects.requireNonNull(server.server.part(DatabaseSettings.class).login());
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static double waiting(TestServer server) {
        return server.server
                .part(MeterRegistry.class)
                .get("kassa.requests.waiting")
                .gauge()
                .value();
    }

    private static List<Future<Answer>> creates(
            ExecutorService threads, TestMerchant merchant, int count) {
        TestMerchant.TestDevice device = merchant.device();
        List<Future<Answer>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(
                    threads.submit(() ->
                            merchant.api()
                                    .post("/ipp/v1/sessions", TestMerchant.cart(device.id()))));
        }
        return all;
    }

    @Test
    void writesOfAMerchantWaitForEachOtherAndNothingElseDoes() throws Exception {
        try (TestServer server = TestServer.start(PATIENT);
                Connection holder = beside(server);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TestMerchant many = server.merchant();
            TestMerchant few = server.merchant();
            String session = few.session(few.device());
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("lock table session in share mode");
            }
            List<Future<Answer>> all = new ArrayList<>(creates(threads, few, 1));
            Await.until(PATIENCE, () -> server.count(WAIT_FOR_TABLE, "session") == 1);
            all.addAll(creates(threads, many, SHARE + MORE));
            Await.until(PATIENCE, () -> waiting(server) == MORE);
            few.api().get("/ipp/v1/sessions/" + session).is(200);
            many.api().get("/ipp/v1/devices").is(200);
            assertThat(waiting(server)).isEqualTo(MORE);
            holder.rollback();
            for (Future<Answer> one : all) {
                one.get().is(200);
            }
            assertThat(waiting(server)).isZero();
        }
    }
}
