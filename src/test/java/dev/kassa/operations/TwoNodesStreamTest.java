package dev.kassa.operations;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Two servers on one database: a session made on one reaches a device connected to the other. */
class TwoNodesStreamTest {
    private static final TestServer MAKING = TestServer.start();
    private static final TestServer HOLDING = MAKING.another();

    private final TestMerchant merchant = MAKING.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    @AfterAll
    static void stop() {
        HOLDING.close();
        MAKING.close();
    }

    /** The same device, speaking to another node. */
    private static TestMerchant.TestDevice at(URI node, TestMerchant.TestDevice device) {
        return new TestMerchant.TestDevice(
                device.id(), new TestClient(node, device.api().authorization()));
    }

    /** The poll alone would take a second for each. */
    @Test
    void aHintCrossesAtOnce() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(at(HOLDING.url(), device), null)) {
            long begun = System.nanoTime();
            for (int i = 0; i < 10; i++) {
                String session = merchant.session(device);
                assertThat(stream.next().session()).isEqualTo(session);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(ofSeconds(4));
        }
    }

    @Test
    void aMissedHintCostsASecond() throws InterruptedException {
        try (DeviceStream stream = DeviceStream.open(at(HOLDING.url(), device), null)) {
            for (int i = 0; i < 3; i++) {
                endListening();
                long made = System.nanoTime();
                String session = merchant.session(device);
                assertThat(stream.next().session()).isEqualTo(session);
                // A second for the poll, and a machine with other things to do.
                assertThat(Duration.ofNanos(System.nanoTime() - made)).isLessThan(ofSeconds(2));
            }
        }
    }

    private static void endListening() {
        var _ =
                MAKING.jdbc
                        .sql(
                                """
                                select pg_terminate_backend(pid) from pg_stat_activity
                                where application_name = 'kassa listening'
                                    and datname = current_database()
                                """)
                        .query(Boolean.class)
                        .list();
    }

    @Test
    void aNewerStreamEndsTheOlderOnAnotherNode() throws InterruptedException {
        try (DeviceStream older = DeviceStream.open(at(HOLDING.url(), device), null);
                DeviceStream newer = DeviceStream.open(device, null)) {
            assertThat(older.reason()).isEqualTo("replaced");
            String session = merchant.session(device);
            assertThat(newer.next().session()).isEqualTo(session);
        }
    }

    @Test
    void deregistrationEndsTheStreamOfAnotherNodeWithinASecond() throws InterruptedException {
        TestMerchant.TestDevice elsewhere = at(HOLDING.url(), device);
        try (DeviceStream stream = DeviceStream.open(elsewhere, null)) {
            long asked = System.nanoTime();
            merchant.api().delete("/ipp/v1/devices/" + device.id()).is(204);
            assertThat(stream.reason()).isEqualTo("revoked");
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(ofSeconds(1));
        }
        // Another node may take a token on memory alone for less than a second.
        DeviceStream.await(() -> refused(elsewhere));
    }

    private static boolean refused(TestMerchant.TestDevice device) {
        return device.api().get("/pos/v1/sessions").response().statusCode() == 401;
    }

    @Test
    void aStreamEndsWhenItsTimeIsUp() throws InterruptedException {
        TestMerchant.TestDevice elsewhere = at(HOLDING.url(), device);
        String last;
        try (DeviceStream stream = DeviceStream.open(elsewhere, null)) {
            HOLDING.clock.advance(Duration.ofMinutes(9));
            HOLDING.run("inbox");
            String session = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(session);
            HOLDING.clock.advance(Duration.ofMinutes(11));
            assertThat(stream.reason()).isEqualTo("lifetime");
            last = stream.lastId();
        }
        String next = merchant.session(device);
        try (DeviceStream stream = DeviceStream.open(elsewhere, last)) {
            assertThat(stream.next().session()).isEqualTo(next);
        }
    }

    /** A device and all that it heard, over as many streams as it took. */
    private static final class Listening {
        private final TestMerchant.TestDevice device;
        private final List<DeviceStream.Event> heard = new ArrayList<>();
        private DeviceStream stream;

        Listening(URI node, TestMerchant.TestDevice device) {
            this.device = device;
            this.stream = DeviceStream.open(at(node, device), null);
        }

        void reconnect(URI node) throws InterruptedException {
            assertThat(stream.ends()).isTrue();
            heard.addAll(stream.taken());
            stream = DeviceStream.open(at(node, device), stream.lastId());
        }

        List<DeviceStream.Event> heard() {
            heard.addAll(stream.taken());
            return heard;
        }
    }

    /** {@code kassa.nodes.sessions} sets another number than 2000. */
    @Test
    void everySessionIsHeardOnceThoughANodeIsKilled()
            throws InterruptedException, ExecutionException {
        int total = Integer.getInteger("kassa.nodes.sessions", 2000);
        List<Listening> listening = new ArrayList<>();
        Map<String, String> settings =
                Map.of(
                        "KASSA_DATABASE_URL",
                        MAKING.databaseUrl(),
                        "KASSA_DATABASE_USER",
                        "postgres",
                        "KASSA_MASTER_KEY",
                        TestServer.MASTER_KEY);
        try (KassaProcess doomed = KassaProcess.run(TestServer.temporary(), settings, "start")) {
            URI url = URI.create(doomed.awaitLine("Kassa is up at").split(" ", -1)[4]);
            // A device has a limit of open sessions.
            for (int i = 0; i < Math.max(20, total / 50); i++) {
                listening.add(new Listening(url, merchant.device()));
            }
            AtomicInteger made = new AtomicInteger();
            Map<String, String> sessions = new HashMap<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Map<String, String>>> makers = new ArrayList<>();
                for (int maker = 0; maker < 4; maker++) {
                    makers.add(threads.submit(() -> make(listening, made, total)));
                }
                DeviceStream.await(() -> made.get() > total / 2);
                doomed.kill();
                for (Listening each : listening) {
                    each.reconnect(MAKING.url());
                }
                for (Future<Map<String, String>> maker : makers) {
                    sessions.putAll(maker.get());
                }
            }
            assertThat(sessions).hasSize(total);
            DeviceStream.await(
                    () -> listening.stream().mapToInt(each -> each.heard().size()).sum() >= total);
            for (Listening each : listening) {
                assertThat(each.heard().stream().map(DeviceStream.Event::session))
                        .doesNotHaveDuplicates()
                        .allMatch(session -> each.device.id().equals(sessions.remove(session)));
                assertThat(each.heard().stream().map(event -> Long.parseLong(event.id())))
                        .isSorted()
                        .doesNotHaveDuplicates();
                each.stream.close();
            }
            assertThat(sessions).as("heard by nobody").isEmpty();
        }
    }

    /**
     * Makes sessions, for one device after the other, until there are so many; with their device.
     */
    private Map<String, String> make(List<Listening> listening, AtomicInteger made, int total) {
        Map<String, String> sessions = new HashMap<>();
        for (int i = made.getAndIncrement(); i < total; i = made.getAndIncrement()) {
            TestMerchant.TestDevice target = listening.get(i % listening.size()).device;
            sessions.put(merchant.session(target), target.id());
        }
        return sessions;
    }
}
