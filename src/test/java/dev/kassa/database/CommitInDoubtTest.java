package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A commit waits for a synchronous standby that does not answer, and somebody cancels the wait.
 * PostgreSQL then calls the commit done, with a warning that a failover may lose it. Kassa does
 * not.
 */
class CommitInDoubtTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static void execute(EmbeddedPostgres postgres, String... statements)
            throws SQLException {
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                var _ = statement.execute(sql);
            }
        }
    }

    /** Cancels the session that waits for the standby with this statement, once it does. */
    private static void cancelWaiting(EmbeddedPostgres postgres, String query) {
        String cancel =
                "select pg_cancel_backend(pid) from pg_stat_activity"
                        + " where wait_event = 'SyncRep' and query like '"
                        + query
                        + "'";
        Await.until(
                PATIENCE,
                () -> {
                    try (Connection connection = postgres.getPostgresDatabase().getConnection();
                            var statement = connection.createStatement();
                            var rows = statement.executeQuery(cancel)) {
                        return rows.next();
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static HttpRequest.Builder create(
            TestMerchant merchant, TestMerchant.TestDevice device, String reference) {
        return merchant.api()
                .request("/ipp/v1/sessions")
                .header("Content-Type", "application/json")
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                TestMerchant.cart(device.id()).replace("ORDER-12345", reference)));
    }

    @Test
    void isNotTakenForDone() throws Exception {
        try (EmbeddedPostgres postgres =
                        EmbeddedPostgres.builder()
                                .setServerConfig("fsync", "on")
                                .setServerConfig("synchronous_commit", "on")
                                .start();
                TestServer server =
                        TestServer.start(
                                Map.of(
                                        "KASSA_DATABASE_URL",
                                        postgres.getJdbcUrl("postgres", "postgres")));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TestMerchant merchant = server.merchant();
            TestMerchant.TestDevice device = merchant.device();
            HttpRequest.Builder keyed =
                    create(merchant, device, "KEYED").header("Idempotency-Key", "key-1");
            execute(
                    postgres,
                    "alter system set synchronous_standby_names = 'nobody'",
                    "select pg_reload_conf()");
            Future<HttpResponse<String>> single =
                    threads.submit(() -> merchant.api().plain(create(merchant, device, "SINGLE")));
            cancelWaiting(postgres, "with request as%");
            isInDoubt(single);
            Future<HttpResponse<String>> several =
                    threads.submit(() -> merchant.api().plain(keyed));
            cancelWaiting(postgres, "COMMIT%");
            isInDoubt(several);
            execute(
                    postgres,
                    "alter system set synchronous_standby_names = ''",
                    "select pg_reload_conf()");
            Await.until(PATIENCE, () -> merchant.api().plain(keyed).statusCode() == 200);
            assertThat(
                            server.count(
                                    "select count(*) from session where merchant_reference1 = ?",
                                    "KEYED"))
                    .isOne();
        }
    }

    private static void isInDoubt(Future<HttpResponse<String>> answer) throws Exception {
        HttpResponse<String> response = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
        assertThat(response.body()).contains("not known whether this was done");
    }
}
