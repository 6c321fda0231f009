package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whole payments under load while the server and PostgreSQL are killed with SIGKILL, {@code
 * kassa.crash.kills} times in turn. Clients do what real ones do: they repeat what got no answer.
 * Afterwards everything acknowledged is there, the money comes out even, and nothing is stuck.
 */
class CrashTest {
    private static final int KILLS = Integer.getInteger("kassa.crash.kills", 2);
    private static final long SEED = Long.getLong("kassa.crash.seed", System.nanoTime());
    private static final int TILLS = 6;
    private static final int SESSION_TTL_SECONDS = 20;

    /** Whatever does not come out even, in words. Must be empty. */
    private static final String UNEVEN = resource("uneven.sql");

    /** A device's open sessions block its next ones, so time must pass for the abandoned. */
    private static final String OPEN =
            """
            select (select count(*) from session where status in ('CREATED', 'ACTIVE'))
                + (select count(*) from refund where status = 'PENDING')
            """;

    @TempDir Path parent;

    private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
    private final Semaphore progress = new Semaphore(0);
    private volatile CountDownLatch up = new CountDownLatch(0);
    private volatile boolean over;

    private static String resource(String name) {
        try (InputStream stream =
                Objects.requireNonNull(CrashTest.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path data() {
        return parent.resolve("data");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void nothingIsLostDoubledOrStuckHoweverOftenItCrashes() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, String> settings =
                Map.of(
                        "KASSA_PORT",
                        Integer.toString(freePort()),
                        "KASSA_SESSION_TTL",
                        SESSION_TTL_SECONDS + "s");
        KassaProcess server = start(settings);
        TestClient api = merchant();
        try (ExecutorService tills = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < TILLS; i++) {
                SplittableRandom own = random.split();
                tills.execute(() -> sell(api, own));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                await(20 + random.nextInt(60));
                CountDownLatch again = new CountDownLatch(1);
                up = again;
                if (kill % 2 == 0) {
                    server.kill();
                    server = start(settings);
                } else {
                    ProcessHandle postgres = ProcessHandle.of(postgresPid()).orElseThrow();
                    postgres.destroyForcibly();
                    server.awaitLine("PostgreSQL is back");
                }
                again.countDown();
            }
            await(50);
            over = true;
        }
        comesOutEven(server);
        server.close();
    }

    private KassaProcess start(Map<String, String> settings) throws InterruptedException {
        KassaProcess server = KassaProcess.run(data(), settings, "start");
        server.awaitLine("Ctrl-C stops it");
        return server;
    }

    private TestClient merchant() {
        PlaygroundEnv env = PlaygroundEnv.read(data());
        return new TestClient(
                URI.create(env.get("KASSA_URL")), "Basic " + env.get("KASSA_API_KEY"));
    }

    private long postgresPid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(data().resolve("postgres/postmaster.pid")).getFirst().strip());
    }

    /** Waits for so many acknowledged steps: the kill hits whatever is then under way. */
    private void await(int steps) throws InterruptedException {
        assertThat(progress.tryAcquire(steps, 120, TimeUnit.SECONDS)).as("it goes on").isTrue();
        var _ = progress.drainPermits();
    }

    /** One till after another customer, until the test is over. */
    private void sell(TestClient api, SplittableRandom random) {
        String made =
                Answer.of(post(api, "/ipp/v1/dev/devices", "{\"name\": \"Till\"}", null))
                        .text("id");
        while (!over) {
            String key = UUID.randomUUID().toString();
            HttpResponse<String> created =
                    post(api, "/ipp/v1/sessions", TestMerchant.cart(made), key);
            if (created.statusCode() != 200) {
                throw new IllegalStateException(created.body());
            }
            String session = Answer.of(created).text("session_id");
            acknowledge(session, "CREATED");
            switch (random.nextInt(6)) {
                case 0 -> end(api, session, "LOST_CARD");
                case 1 -> {
                    // The card is taken at the acquirer, and the till dies before it tells.
                    var _ = tap(api, session, "INSUFFICIENT_FUNDS");
                    end(api, session, null);
                }
                default -> end(api, session, "SUCCESS");
            }
        }
    }

    /** Taps, or cancels without a card, until the session has ended. */
    private void end(TestClient api, String session, @Nullable String card) {
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> answer =
                    card == null || (i > 0 && card.equals("LOST_CARD"))
                            ? send(
                                    api,
                                    api.request("/ipp/v1/sessions/" + session + "/cancel")
                                            .PUT(HttpRequest.BodyPublishers.noBody()))
                            : tap(api, session, card);
            if (answer.statusCode() == 409) {
                answer = send(api, api.request("/ipp/v1/sessions/" + session).GET());
            }
            String status = Answer.of(answer).text("status");
            if (!status.equals("CREATED") && !status.equals("ACTIVE")) {
                acknowledge(session, status);
                return;
            }
        }
    }

    private void acknowledge(String session, String status) {
        acknowledged.put(session, status);
        progress.release();
    }

    private HttpResponse<String> tap(TestClient api, String session, String card) {
        return post(
                api, "/ipp/v1/dev/sessions/" + session + "/simulate-tap?outcome=" + card, "", null);
    }

    private HttpResponse<String> post(
            TestClient api, String path, String body, @Nullable String key) {
        HttpRequest.Builder request =
                api.request(path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(api, key == null ? request : request.header("Idempotency-Key", key));
    }

    /** Repeats what got no answer, once the server is back. */
    private HttpResponse<String> send(TestClient api, HttpRequest.Builder request) {
        while (true) {
            try {
                HttpResponse<String> answer = api.plain(request);
                if (answer.statusCode() < 500) {
                    return answer;
                }
            } catch (UncheckedIOException e) {
                // Killed, or not up yet.
            }
            try {
                up.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private void comesOutEven(KassaProcess server) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(
                server.firstLine("psql postgresql://")
                        .replaceFirst(".*psql postgresql://postgres@", "jdbc:postgresql://"));
        source.setUser("postgres");
        JdbcClient jdbc = JdbcClient.create(source);
        Await.until(Duration.ofSeconds(90), () -> jdbc.sql(OPEN).query(Long.class).single() == 0);
        assertThat(jdbc.sql(UNEVEN).query(String.class).list()).as("seed %d", SEED).isEmpty();
        acknowledged.forEach((session, status) -> {
            String kept =
                    jdbc.sql("select status from session where session_id = ?::uuid")
                            .param(session)
                            .query(String.class)
                            .single();
            if (!status.equals("CREATED")) {
                assertThat(kept).as("session %s, seed %d", session, SEED).isEqualTo(status);
            }
        });
        System.out.printf(
                "%d kills: %d sessions acknowledged, %d paid, none lost, doubled or stuck%n",
                KILLS,
                acknowledged.size(),
                jdbc.sql("select count(*) from orders").query(Long.class).single());
    }
}
