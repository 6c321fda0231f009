package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Await;
import dev.kassa.testing.TcpProxy;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

/**
 * A database that stops answering without a word: one of its processes, or the whole way to it.
 * Others are served within the deadline, the readiness tells, and once it is over nothing is lost
 * or doubled.
 */
class HungDatabaseTest {
    private static final Map<String, String> MANAGED = Map.of("KASSA_MANAGEMENT_PORT", "0");

    /** {@code KASSA_REQUEST_TIMEOUT} as it is, and what a busy machine may add. */
    private static final Duration DEADLINE = Duration.ofSeconds(8 + 4);

    /** Half of them all, for the tests that need not show that the defaults fit together. */
    private static final Map<String, String> SOONER =
            Map.of(
                    "KASSA_MANAGEMENT_PORT", "0",
                    "KASSA_DATABASE_LOCK_TIMEOUT", "1s",
                    "KASSA_DATABASE_STATEMENT_TIMEOUT", "2500ms",
                    "KASSA_DATABASE_SOCKET_TIMEOUT", "3500ms",
                    "KASSA_REQUEST_TIMEOUT", "4s");

    private static final Duration SOONER_DEADLINE = Duration.ofSeconds(4 + 4);

    /** From a fault to a readiness that says no, or from its end to one that says yes. */
    private static final Duration NOTICED = Duration.ofSeconds(5);

    private static final Duration RECOVERED = Duration.ofSeconds(15);

    private static int readiness(TestServer server) {
        String port =
                server.server.part(Environment.class).getProperty("local.management.port", "0");
        TestClient client = new TestClient(URI.create("http://127.0.0.1:" + port), null);
        long begun = System.nanoTime();
        HttpResponse<String> answer = client.plain(client.request("/actuator/health/readiness"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        return answer.statusCode();
    }

    /** A create under a key that its cart carries too, so that each is counted by it. */
    private static HttpRequest.Builder create(
            TestMerchant merchant, TestMerchant.TestDevice device, String key) {
        return merchant.api()
                .request("/ipp/v1/sessions")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(
                        HttpRequest.BodyPublishers.ofString(
                                TestMerchant.cart(device.id()).replace("ORDER-12345", key)));
    }

    private static long made(TestServer server, String key) {
        return server.count("select count(*) from session where merchant_reference1 = ?", key);
    }

    private static void signal(String signal, int process) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + signal, "" + process).start();
            assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(kill.exitValue()).isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Stops the process that runs a create for this server, while it runs it. */
    private static int stopWhileCreating(TestServer server, Runnable create) throws SQLException {
        try (Connection blocker = server.server.part(DataSource.class).getConnection();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            var _ = statement.execute("lock table session in exclusive mode");
            create.run();
            List<Integer> processes = new ArrayList<>();
            Await.until(
                    Duration.ofSeconds(10),
                    () -> {
                        processes.addAll(
                                server.jdbc
                                        .sql(
                                                """
                                                select pid from pg_stat_activity
                                                where datname = current_database()
                                                    and wait_event_type = 'Lock'
                                                """)
                                        .query(Integer.class)
                                        .list());
                        return !processes.isEmpty();
                    });
            signal("STOP", processes.getFirst());
            blocker.rollback();
            return processes.getFirst();
        }
    }

    @Test
    void aProcessOfTheDatabaseThatHangsHoldsUpItsOwnRequestOnly() throws Exception {
        try (TestServer server = TestServer.start(MANAGED);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TestMerchant merchant = server.merchant();
            TestMerchant.TestDevice hung = merchant.device();
            TestMerchant.TestDevice free = merchant.device();
            Await.until(NOTICED, () -> readiness(server) == 200);
            List<Future<HttpResponse<String>>> hanging = new ArrayList<>();
            String cart = TestMerchant.cart(hung.id());
            HttpRequest.Builder request =
                    merchant.api()
                            .request("/ipp/v1/sessions")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(cart));
            int process =
                    stopWhileCreating(
                            server,
                            () -> hanging.add(threads.submit(() -> merchant.api().plain(request))));
            try {
                long begun = System.nanoTime();
                for (int i = 0; i < 20; i++) {
                    assertThat(merchant.status(merchant.session(free))).isEqualTo("CREATED");
                }
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DEADLINE);
                Await.until(NOTICED, () -> readiness(server) == 503);
                HttpResponse<String> answer =
                        hanging.getFirst().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(answer.body()).contains("not known whether this was done");
            } finally {
                signal("CONT", process);
            }
            Await.until(RECOVERED, () -> readiness(server) == 200);
            assertThat(merchant.status(merchant.session(hung))).isEqualTo("CREATED");
        }
    }

    /** The same for one under a key: its repetition finds out, and there is one session. */
    @Test
    void aRequestWhoseProcessHangsIsFoundOutAboutByItsKey() throws Exception {
        try (TestServer server = TestServer.start(SOONER);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TestMerchant merchant = server.merchant();
            TestMerchant.TestDevice device = merchant.device();
            String key = UUID.randomUUID().toString();
            List<Future<HttpResponse<String>>> hanging = new ArrayList<>();
            int process =
                    stopWhileCreating(
                            server,
                            () ->
                                    hanging.add(
                                            threads.submit(() ->
                                                    merchant.api()
                                                            .plain(
                                                                    create(
                                                                            merchant, device,
                                                                            key)))));
            try {
                HttpResponse<String> answer =
                        hanging.getFirst().get(SOONER_DEADLINE.toSeconds(), TimeUnit.SECONDS);
                assertThat(answer.statusCode()).isIn(409, 503);
            } finally {
                signal("CONT", process);
            }
            Await.until(
                    RECOVERED,
                    () -> merchant.api().plain(create(merchant, device, key)).statusCode() == 200);
            assertThat(made(server, key)).isOne();
        }
    }

    /** A client that sends one create after the other, each again until it is answered. */
    private record Client(
            TestMerchant merchant, TestMerchant.TestDevice device, AtomicBoolean stop) {
        List<String> run(Queue<Duration> slow) {
            List<String> acknowledged = new ArrayList<>();
            while (!stop.get() && acknowledged.size() < 90) {
                String key = UUID.randomUUID().toString();
                int status = 0;
                while (status != 200) {
                    long begun = System.nanoTime();
                    status = merchant.api().plain(create(merchant, device, key)).statusCode();
                    Duration took = Duration.ofNanos(System.nanoTime() - begun);
                    if (took.compareTo(SOONER_DEADLINE) > 0) {
                        slow.add(took);
                    }
                    assertThat(status).isIn(200, 409, 503);
                }
                acknowledged.add(key);
            }
            return acknowledged;
        }
    }

    @Test
    void aDatabaseThatIsSwallowedByTheNetworkIsWaitedForNoLongerThanTheDeadline() throws Exception {
        String url = TestPostgres.newDatabase();
        URI direct = URI.create(url.substring("jdbc:".length()));
        try (TcpProxy proxy = TcpProxy.to(direct.getPort());
                TestServer server =
                        TestServer.start(
                                sooner(url.replace(":" + direct.getPort(), ":" + proxy.port())));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicBoolean stop = new AtomicBoolean();
            Queue<Duration> slow = new ConcurrentLinkedQueue<>();
            List<Future<List<String>>> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                TestMerchant merchant = server.merchant();
                Client client = new Client(merchant, merchant.device(), stop);
                clients.add(threads.submit(() -> client.run(slow)));
            }
            Await.until(NOTICED, () -> readiness(server) == 200);

            proxy.hold();
            Await.until(NOTICED, () -> readiness(server) == 503);
            long until = System.nanoTime() + SOONER_DEADLINE.toNanos();
            Await.until(SOONER_DEADLINE.multipliedBy(2), () -> System.nanoTime() > until);

            proxy.release();
            Await.until(NOTICED, () -> readiness(server) == 200);
            stop.set(true);
            for (Future<List<String>> client : clients) {
                List<String> acknowledged = client.get(RECOVERED.toSeconds(), TimeUnit.SECONDS);
                assertThat(acknowledged).isNotEmpty();
                for (String key : acknowledged) {
                    assertThat(made(server, key)).as(key).isOne();
                }
            }
            assertThat(slow).isEmpty();
        }
    }

    private static Map<String, String> sooner(String databaseUrl) {
        Map<String, String> settings = new HashMap<>(SOONER);
        settings.put("KASSA_DATABASE_URL", databaseUrl);
        return settings;
    }
}
