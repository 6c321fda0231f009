package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

/** More work than connections: nobody is to make it worse by opening all of them anew. */
class BusyPoolTest {
    /** Of 16 connections two are left to reads. */
    private static final int OF_WRITES = 14;

    private static List<Connection> takeAll(DataSource pool) {
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < OF_WRITES; i++) {
            taken.add(
                    WorkContext.of(WorkContext.Use.WRITE, null, Duration.ofSeconds(10))
                            .call(() -> {
                                try {
                                    return pool.getConnection();
                                } catch (SQLException e) {
                                    throw new AssertionError(e);
                                }
                            }));
        }
        return taken;
    }

    private static Set<Integer> processes(List<Connection> connections) throws SQLException {
        Set<Integer> processes = new TreeSet<>();
        for (Connection connection : connections) {
            try (var statement = connection.createStatement();
                    var row = statement.executeQuery("select pg_backend_pid()")) {
                assertThat(row.next()).isTrue();
                processes.add(row.getInt(1));
            }
        }
        return processes;
    }

    @Test
    void connectionsThatAreAllInUseAreKept() throws Exception {
        try (TestServer server = TestServer.start(Map.of("KASSA_MANAGEMENT_PORT", "0"))) {
            DataSource pool = server.server.part(DataSource.class);
            String port =
                    server.server.part(Environment.class).getProperty("local.management.port", "");
            TestClient client = new TestClient(URI.create("http://127.0.0.1:" + port), null);
            List<Connection> taken = takeAll(pool);
            Set<Integer> before = processes(taken);
            // A node that has written nothing for seconds is not ready, whatever the reason.
            Await.until(
                    Duration.ofSeconds(10),
                    () ->
                            client.plain(client.request("/actuator/health/readiness")).statusCode()
                                    == 503);
            for (Connection connection : taken) {
                connection.close();
            }
            Await.until(
                    Duration.ofSeconds(5),
                    () ->
                            client.plain(client.request("/actuator/health/readiness")).statusCode()
                                    == 200);
            List<Connection> again = takeAll(pool);
            assertThat(processes(again)).containsAnyElementsOf(before);
            for (Connection connection : again) {
                connection.close();
            }
        }
    }
}
