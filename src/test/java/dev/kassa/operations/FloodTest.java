package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Secrets;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Answer;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server with a heap of 256 MB under {@code kassa.flood.connections} hostile connections for
 * {@code kassa.flood.seconds}: bodies of 1 MiB without a key, slow bodies, slow headers, and a
 * merchant who opens as many large sessions as it can and has its devices read them. Meanwhile a
 * well-behaved till sells, and each of its requests is answered. The server would end at the first
 * {@link OutOfMemoryError}.
 */
class FloodTest {
    private static final int SECONDS = Integer.getInteger("kassa.flood.seconds", 10);
    private static final int CONNECTIONS = Integer.getInteger("kassa.flood.connections", 300);

    /** Addresses that the hostile connections come from, so that none has too many. */
    private static final int ADDRESSES = 10;

    private static final int DEVICES = 10;
    private static final int GREEDY = 16;
    private static final int HEAP_MB = 256;
    private static final String GREEDY_KEY = "kco_test_api_greedy";
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    @TempDir Path parent;

    private final AtomicLong refused = new AtomicLong();
    private final Map<String, Integer> greedyAnswers = new ConcurrentSkipListMap<>();
    private final List<Long> tookNanos = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean over;

    @Test
    void othersAreServedAndTheHeapStaysBounded() throws Exception {
        try (KassaProcess server =
                KassaProcess.run(
                        parent.resolve("data"),
                        Map.of(),
                        List.of("-Xmx" + HEAP_MB + "m", "-XX:+ExitOnOutOfMemoryError"),
                        "start")) {
            server.awaitLine("Ctrl-C stops it");
            PlaygroundEnv env = PlaygroundEnv.read(parent.resolve("data"));
            URI url = URI.create(env.get("KASSA_URL"));
            TestClient till = new TestClient(url, "Basic " + env.get("KASSA_API_KEY"));
            TestClient greedy = new TestClient(url, "Basic " + GREEDY_KEY);
            addGreedyMerchant(server);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                many(threads, CONNECTIONS / 3, i -> bodyWithoutAKey(url, i));
                many(threads, CONNECTIONS / 3, i -> slowBody(url, i));
                many(threads, CONNECTIONS / 3, i -> slowHeaders(url, i));
                List<TestMerchant.TestDevice> devices = devices(greedy);
                many(threads, GREEDY, i -> open(greedy, devices.get(i % DEVICES).id()));
                many(threads, GREEDY, i -> list(devices.get(i % DEVICES).api()));
                sell(till);
                over = true;
            }
            report(server);
        }
        assertThat(failures).isEmpty();
        assertThat(tookNanos).isNotEmpty();
        assertThat(refused).as("the others were refused").hasPositiveValue();
    }

    private static void many(ExecutorService threads, int count, IntConsumer task) {
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.execute(() -> task.accept(number));
        }
    }

    private static String address(int number) {
        return "127.0.1." + (1 + number % ADDRESSES);
    }

    /** Connects again and again; each connection does its worst until the server ends it. */
    private void hostile(URI url, int number, String head, String drop) {
        while (!over) {
            try (RawClient client = new RawClient(url, address(number))) {
                boolean open = client.send(head);
                while (open && !over) {
                    open = client.send(drop) && client.readWithin(1000).isEmpty();
                    open &= !client.isEnded();
                }
            } catch (UncheckedIOException e) {
                // No connection to be had: it tries again.
            }
            refused.incrementAndGet();
        }
    }

    private void bodyWithoutAKey(URI url, int number) {
        hostile(url, number, head("/ipp/v1/sessions", 1 << 20), "x".repeat(1 << 20));
    }

    private void slowBody(URI url, int number) {
        hostile(url, number, head("/pos/v1/devices", Limits.BODY_BYTES), " ");
    }

    private static String head(String path, int length) {
        return "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(path, "application/json", length);
    }

    private void slowHeaders(URI url, int number) {
        hostile(url, number, "GET /ipp/v1/locations HTTP/1.1\r\nHost: x\r\nx-slow: ", "x");
    }

    /** Opens sessions with the largest cart until it may open no more, and then goes on trying. */
    private void open(TestClient greedy, String device) {
        String cart = largestCart(device);
        while (!over) {
            count("create", send(greedy, "/ipp/v1/sessions", cart));
        }
    }

    private void list(TestClient device) {
        while (!over) {
            count("list", send(device, "/pos/v1/sessions", null));
        }
    }

    private void count(String what, @Nullable HttpResponse<String> answer) {
        String told = answer == null ? "none" : Integer.toString(answer.statusCode());
        var _ = greedyAnswers.merge(what + " " + told, 1, Integer::sum);
    }

    private static @Nullable HttpResponse<String> send(
            TestClient client, String path, @Nullable String body) {
        HttpRequest.Builder request =
                client.request(path).header("Content-Type", "application/json");
        try {
            return client.plain(
                    body == null
                            ? request.GET()
                            : request.POST(HttpRequest.BodyPublishers.ofString(body)));
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    private static String largestCart(String device) {
        ObjectNode cart = (ObjectNode) Json.MAPPER.readTree(TestMerchant.cart(device));
        ArrayNode items = (ArrayNode) cart.get("order_items");
        ObjectNode free = items.get(0).deepCopy().asObject();
        free.put("name", "é".repeat(Limits.REFERENCE_CHARS))
                .put("unit_price", 0)
                .put("total_amount", 0)
                .put("total_tax_amount", 0);
        int line = Json.bytes(free).length + 1;
        int lines = (Limits.CART_BYTES - Json.bytes(items).length) / line;
        for (int i = 0; i < lines; i++) {
            items.add(free);
        }
        return cart.toString();
    }

    private List<TestMerchant.TestDevice> devices(TestClient greedy) {
        List<TestMerchant.TestDevice> devices = new ArrayList<>();
        while (devices.size() < DEVICES) {
            HttpResponse<String> made =
                    send(greedy, "/ipp/v1/dev/devices", "{\"name\": \"Greedy\"}");
            if (made != null && made.statusCode() == 201) {
                Answer device = Answer.of(made);
                String token = device.text("credentials", "bearer_token");
                devices.add(
                        new TestMerchant.TestDevice(
                                device.text("id"),
                                new TestClient(greedy.url(), "Bearer " + token)));
            }
        }
        return devices;
    }

    /** A sale after another: the session, the card, and a look at it. */
    private void sell(TestClient till) {
        String device =
                Answer.of(timed(till, "/ipp/v1/dev/devices", "{\"name\": \"Till\"}")).text("id");
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        while (System.nanoTime() < end && failures.isEmpty()) {
            HttpResponse<String> made = timed(till, "/ipp/v1/sessions", TestMerchant.cart(device));
            if (made.statusCode() == 200) {
                String session = Answer.of(made).text("session_id");
                var _ = timed(till, "/ipp/v1/dev/sessions/" + session + "/simulate-tap", "");
                var _ = timed(till, "/ipp/v1/sessions/" + session, null);
            }
        }
    }

    private HttpResponse<String> timed(TestClient till, String path, @Nullable String body) {
        long start = System.nanoTime();
        HttpResponse<String> answer = send(till, path, body);
        tookNanos.add(System.nanoTime() - start);
        if (answer == null) {
            failures.add(path + ": no answer");
            throw new AssertionError(failures);
        }
        if (answer.statusCode() >= 300) {
            failures.add(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    private static void addGreedyMerchant(KassaProcess server) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(
                server.firstLine("psql postgresql://")
                        .replaceFirst(".*psql postgresql://postgres@", "jdbc:postgresql://"));
        source.setUser("postgres");
        JdbcClient jdbc = JdbcClient.create(source);
        String merchant = "DM66666666";
        int rows =
                jdbc.sql(
                                "insert into merchant (merchant_id, name, created_at) values (?, 'G', now())")
                        .param(merchant)
                        .update();
        rows +=
                jdbc.sql(
                                """
                                insert into location (location_id, merchant_id, name, country,
                                    created_at, updated_at) values (?, ?, 'G', 'SE', now(), now())
                                """)
                        .params(UUID.randomUUID(), merchant)
                        .update();
        rows +=
                jdbc.sql(
                                """
                                insert into api_key (key_hash, merchant_id, username, created_at)
                                values (?, ?, 'greedy', now())
                                """)
                        .params(Secrets.hash(GREEDY_KEY), merchant)
                        .update();
        assertThat(rows).isEqualTo(3);
    }

    private void report(KassaProcess server) throws Exception {
        long used = usedKilobytesAfterCollection(server.pid());
        List<Long> sorted = tookNanos.stream().sorted().toList();
        System.out.printf(
                "%d connections, %d s: %d requests of the till, p50 %d ms, p99 %d ms; %d hostile"
                        + " connections ended; the greedy merchant was told %s; heap %d MB of"
                        + " %d after a collection, RSS %d MB%n",
                CONNECTIONS,
                SECONDS,
                sorted.size(),
                milliseconds(sorted, 50),
                milliseconds(sorted, 99),
                refused.get(),
                greedyAnswers,
                used / 1024,
                HEAP_MB,
                rssKilobytes(server.pid()) / 1024);
        assertThat(used / 1024).as("what the flood leaves behind").isLessThan(HEAP_MB / 2);
    }

    private static long milliseconds(List<Long> sorted, int percent) {
        int at = Math.min(sorted.size() - 1, sorted.size() * percent / 100);
        return Duration.ofNanos(sorted.get(at)).toMillis();
    }

    private static long usedKilobytesAfterCollection(long pid) throws Exception {
        var _ = jcmd(pid, "GC.run");
        Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
        assertThat(used.find()).isTrue();
        return Long.parseLong(used.group(1));
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                command)
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static long rssKilobytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
