import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Load on a server: requests at a fixed rate, whose time runs from when each was due to be sent,
 * whether or not the sender was late (an open model, no coordinated omission); or, at rate 0, as
 * many as its connections can carry.
 */
final class Load {
    private static final Pattern SESSION = Pattern.compile("\"session_id\":\"([0-9a-f-]{36})\"");

    private final URI url;
    private final String merchant;
    private final List<String[]> devices;
    private final List<String> sessions;
    private final String quiet;
    private final String name;

    private Load(String workload, Path directory) throws IOException {
        name = workload;
        url = URI.create(System.getenv("KASSA_URL"));
        merchant =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(
                                        (System.getenv("KASSA_API_USERNAME")
                                                        + ":"
                                                        + System.getenv("KASSA_API_KEY"))
                                                .getBytes(StandardCharsets.UTF_8));
        devices =
                Files.readAllLines(directory.resolve("devices.tsv")).stream()
                        .map(line -> line.split("\t"))
                        .toList();
        Path stored = directory.resolve("sessions.txt");
        sessions = Files.exists(stored) ? Files.readAllLines(stored) : List.of();
        // A device that is sent nothing meanwhile.
        Path idle = directory.resolve("quiet.tsv");
        quiet = Files.exists(idle) ? Files.readString(idle).strip().split("\t")[1] : "";
    }

    /** One request, or the requests of one payment, of the {@code n}th turn. */
    private void turn(HttpConnection connection, int worker) throws IOException {
        var random = ThreadLocalRandom.current();
        switch (name) {
            case "create" -> create(connection, devices.get(random.nextInt(devices.size())));
            case "get" ->
                    connection.get(
                            "/ipp/v1/sessions/" + sessions.get(random.nextInt(sessions.size())),
                            merchant);
            case "events" -> connection.get("/kassa/v1/events?size=20", merchant);
            case "open" ->
                    connection.get(
                            "/pos/v1/sessions", "Bearer " + quiet);
            // A device takes one payment at a time, so each worker has its own.
            case "payment" -> payment(connection, devices.get(worker));
            default -> throw new IllegalArgumentException("no workload " + name);
        }
    }

    private String create(HttpConnection connection, String[] device) throws IOException {
        String answer =
                connection.post(
                        "/ipp/v1/sessions",
                        merchant,
                        Cart.of(device[0]));
        Matcher session = SESSION.matcher(answer);
        if (!session.find()) {
            throw new IOException("no session in " + answer);
        }
        return session.group(1);
    }

    /** The backend opens the session; the tap attaches the payment, pays it, and places the order. */
    private void payment(HttpConnection connection, String[] device) throws IOException {
        String session = create(connection, device);
        String paid =
                connection.post(
                        "/ipp/v1/dev/sessions/" + session + "/simulate-tap?outcome=SUCCESS",
                        merchant,
                        "");
        if (!paid.contains("\"FINALIZED\"")) {
            throw new IOException("not paid: " + paid);
        }
    }

    private record Ran(Latencies took, double perSecond) {}

    private Ran run(int connections, int rate, double seconds) throws Exception {
        int total = rate == 0 ? Integer.MAX_VALUE : (int) (rate * seconds);
        long gap = rate == 0 ? 0 : 1_000_000_000L / rate;
        Latencies took = new Latencies();
        AtomicInteger next = new AtomicInteger();
        List<HttpConnection> open = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            open.add(new HttpConnection(url));
        }
        long begin = System.nanoTime() + 50_000_000L;
        long end = begin + (long) (seconds * 1e9);
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                int worker = i;
                workers.add(
                        threads.submit(
                                () -> {
                                    try (HttpConnection connection = open.get(worker)) {
                                        for (int n = next.getAndIncrement();
                                                n < total
                                                        && (rate > 0 || System.nanoTime() < end);
                                                n = next.getAndIncrement()) {
                                            long at = rate == 0 ? System.nanoTime() : begin + n * gap;
                                            for (long left = at - System.nanoTime();
                                                    left > 0;
                                                    left = at - System.nanoTime()) {
                                                LockSupport.parkNanos(left);
                                            }
                                            turn(connection, worker);
                                            took.add(System.nanoTime() - at);
                                        }
                                        return null;
                                    }
                                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        }
        return new Ran(took, took.size() / ((System.nanoTime() - begin) / 1e9));
    }

    /** Arguments: bench, workload, directory, connections, seconds, rate... (0: as many as can be). */
    public static void main(String[] args) throws Exception {
        String bench = args[0];
        Load load = new Load(args[1], Path.of(args[2]));
        int connections = Integer.parseInt(args[3]);
        double seconds = Double.parseDouble(args[4]);
        for (int i = 5; i < args.length; i++) {
            int rate = Integer.parseInt(args[i]);
            Ran ran = load.run(connections, rate, seconds);
            String at = rate == 0 ? "max" : rate + "/s";
            System.out.printf(
                    Locale.ROOT,
                    "%s %s, %d connections: %.0f/s, %s%n",
                    args[1], at, connections, ran.perSecond, ran.took);
            Results.add(bench, at, "per second", ran.perSecond);
            Results.add(bench, at, "p50", ran.took.at(0.5));
            Results.add(bench, at, "p90", ran.took.at(0.9));
            Results.add(bench, at, "p99", ran.took.at(0.99));
            Results.add(bench, at, "p99.9", ran.took.at(0.999));
        }
    }
}
