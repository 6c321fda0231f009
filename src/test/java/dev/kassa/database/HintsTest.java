package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What a node tells the others. */
class HintsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Hears what nodes send on this database. */
    private static List<String> heard(Connection listening) throws SQLException {
        List<String> payloads = new ArrayList<>();
        PGNotification[] some = listening.unwrap(PGConnection.class).getNotifications(200);
        for (PGNotification one : some == null ? new PGNotification[0] : some) {
            payloads.add(one.getParameter());
        }
        return payloads;
    }

    private static Connection listening(TestServer server) throws SQLException {
        Connection connection = DriverManager.getConnection(server.databaseUrl(), "postgres", "");
        try (var statement = connection.createStatement()) {
            var _ = statement.execute("listen kassa_hints");
        }
        return connection;
    }

    /**
     * What an event's deliveries and long polls are told crosses only where somebody may listen.
     */
    @Test
    void eventsAreToldToOtherNodesAndToNobodyElse() throws Exception {
        try (TestServer server = TestServer.start();
                Connection listening = listening(server)) {
            TestMerchant merchant = server.merchant();
            List<String> devices = new ArrayList<>();
            List<String> payloads = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                TestMerchant.TestDevice device = merchant.device();
                devices.add(device.id());
                merchant.session(device);
                // The device's stream may be elsewhere, and that is told with or after the event.
                Await.until(
                        PATIENCE,
                        () -> {
                            try {
                                payloads.addAll(heard(listening));
                            } catch (SQLException e) {
                                throw new AssertionError(e);
                            }
                            return payloads.toString().contains("device:" + device.id());
                        });
            }
            assertThat(devices).hasSize(5);
            assertThat(payloads).noneMatch(payload -> payload.contains("event:"));

            try (TestServer _ = server.another()) {
                String told = "event:" + merchant.id() + " SESSION_CREATED";
                Await.until(
                        PATIENCE,
                        () -> {
                            merchant.session(merchant.device());
                            try {
                                return heard(listening).stream()
                                        .anyMatch(payload -> payload.contains(told));
                            } catch (SQLException e) {
                                throw new AssertionError(e);
                            }
                        });
            }
        }
    }

    @Test
    void manyHintsGoInAsManyPayloadsAsTheyNeed() {
        try (TestServer sending = TestServer.start();
                TestServer receiving = sending.another()) {
            Set<String> heard = new HashSet<>();
            ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
            receiving.server.part(Hints.class).receive("test", received::add);
            Set<String> sent = new HashSet<>();
            for (int i = 0; i < 1000; i++) {
                sent.add("a text of some length: number " + i);
            }
            // Until it listens, what is sent is lost.
            Await.until(
                    PATIENCE,
                    () -> {
                        sent.forEach(text -> sending.server.part(Hints.class).send("test", text));
                        heard.addAll(received);
                        return heard.equals(sent);
                    });
        }
    }

    /** It is the database's clock that times the leases of lanes, not the servers' own. */
    @Test
    void aNodeWhoseClockIsBehindKeepsItsLanes() {
        MovableClock behind = MovableClock.running();
        behind.advance(Duration.ofMinutes(-2));
        try (TestServer server = TestServer.start();
                TestServer _ = server.another(behind)) {
            TestMerchant merchant = server.merchant();
            for (int i = 0; i < 4; i++) {
                var _ =
                        TestDestination.create(
                                merchant, "d" + i, URI.create("http://127.0.0.1:9/"));
            }
            Await.until(
                    PATIENCE,
                    () ->
                            !owners(server).contains("null")
                                    && owners(server).stream().distinct().count() == 2);
            List<String> before = owners(server);
            // Both go on saying that they are alive, and looking who else is.
            String later = "select count(*) from node where alive_at > ?::timestamptz";
            String both = "select max(alive_at) + interval '3 s' from node where ''<>?";
            String mark = server.texts(both, "any").getFirst();
            Await.until(PATIENCE, () -> server.count(later, mark) == 2);
            assertThat(owners(server)).isEqualTo(before);
        }
    }

    private static List<String> owners(TestServer server) {
        return server.texts("select owner from lane where ''<>? order by destination_id", "any");
    }
}
