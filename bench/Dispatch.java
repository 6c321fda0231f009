import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Devices that listen and a backend that makes sessions for them at a fixed rate. A session's time
 * runs from when it was due to be sent, whether or not the sender was late (no coordinated
 * omission), to when its event was read by the device.
 */
final class Dispatch {
    private static final int CONNECTIONS = 32;
    private static final int WARM_UP_SECONDS = 20;
    private static final Pattern SESSION = Pattern.compile("\"session_id\":\"([0-9a-f-]{36})\"");

    private final URI url;
    private final String authorization;
    private final Map<String, Long> due = new ConcurrentHashMap<>();
    private final Map<String, Long> read = new ConcurrentHashMap<>();
    private final AtomicInteger repeated = new AtomicInteger();
    private final AtomicInteger listening = new AtomicInteger();

    private Dispatch(URI url, String login) {
        this.url = url;
        this.authorization =
                "Basic "
                        + Base64.getEncoder()
                                .encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private record Device(String id, String token) {}

    /** Arguments: url, user:key, the server's pid, devices, sessions per second, seconds. */
    public static void main(String[] args) throws Exception {
        Dispatch bench = new Dispatch(URI.create(args[0]), args[1]);
        long pid = Long.parseLong(args[2]);
        int devices = Integer.parseInt(args[3]);
        int rate = Integer.parseInt(args[4]);
        int seconds = Integer.parseInt(args[5]);
        List<Device> made = bench.devices(devices);
        Memory idle = Memory.of(pid);
        Thread.ofPlatform().daemon().start(() -> bench.listen(made));
        while (bench.listening.get() < devices) {
            Thread.sleep(10);
        }
        Thread.sleep(1000);
        Memory connected = Memory.of(pid);
        System.out.printf(
                "%d devices connected: %.1f kB of heap and %.1f kB of resident memory for each%n",
                devices,
                (connected.heap - idle.heap) / 1024.0 / devices,
                (connected.resident - idle.resident) / 1024.0 / devices);
        Results.add("dispatch", devices, "kB per device", (connected.resident - idle.resident) / 1024.0 / devices);
        bench.send(made, rate, WARM_UP_SECONDS);
        Thread.sleep(1000);
        bench.due.clear();
        bench.read.clear();
        bench.send(made, rate, seconds);
        Thread.sleep(2000);
        System.exit(bench.report(rate, seconds) ? 0 : 1);
    }

    /** What the server's process holds, after a collection, in bytes. */
    private record Memory(long heap, long resident) {
        static Memory of(long pid) throws IOException, InterruptedException {
            String histogram =
                    run(
                            System.getProperty("java.home") + "/bin/jcmd",
                            String.valueOf(pid),
                            "GC.class_histogram");
            String total = histogram.strip().lines().reduce((a, b) -> b).orElseThrow();
            String status = run("cat", "/proc/" + pid + "/status");
            Matcher resident = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
            if (!resident.find()) {
                throw new IOException("no VmRSS");
            }
            return new Memory(
                    Long.parseLong(total.strip().split("\\s+")[2]),
                    Long.parseLong(resident.group(1)) * 1024);
        }

        private static String run(String... command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String out =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return out;
        }
    }

    private List<Device> devices(int count) throws Exception {
        AtomicInteger next = new AtomicInteger();
        List<Device> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Device>>> parts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                parts.add(
                        threads.submit(
                                () -> {
                                    List<Device> made = new ArrayList<>();
                                    try (HttpConnection connection = new HttpConnection(url)) {
                                        while (next.getAndIncrement() < count) {
                                            made.add(device(connection));
                                        }
                                    }
                                    return made;
                                }));
            }
            for (Future<List<Device>> part : parts) {
                all.addAll(part.get());
            }
        }
        return all;
    }

    private Device device(HttpConnection connection) throws IOException {
        String answer =
                connection.post("/ipp/v1/dev/devices", authorization, "{\"name\": \"Device\"}");
        return new Device(field(answer, "id"), field(answer, "bearer_token"));
    }

    private static String field(String json, String name) {
        Matcher field = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
        if (!field.find()) {
            throw new IllegalStateException("no " + name + " in " + json);
        }
        return field.group(1);
    }

    /** All streams on one thread, so that the generator leaves the machine to the server. */
    private void listen(List<Device> devices) {
        try (Selector selector = Selector.open()) {
            for (Device device : devices) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
                channel.write(
                        ByteBuffer.wrap(
                                ("GET /pos/v1/stream HTTP/1.1\r\nHost: " + url.getAuthority()
                                                + "\r\nAuthorization: Bearer " + device.token
                                                + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII)));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new StringBuilder());
            }
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            while (true) {
                selector.select(key -> take(key, buffer));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void take(SelectionKey key, ByteBuffer buffer) {
        try {
            buffer.clear();
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                System.err.println("a stream ended");
                key.cancel();
                return;
            }
        } catch (IOException e) {
            key.cancel();
            return;
        }
        long now = System.nanoTime();
        StringBuilder text = (StringBuilder) key.attachment();
        text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        int end = text.lastIndexOf("\n\n");
        if (end < 0) {
            return;
        }
        String events = text.substring(0, end);
        text.delete(0, end);
        if (events.contains("retry:")) {
            listening.incrementAndGet();
        }
        Matcher session = SESSION.matcher(events);
        while (session.find()) {
            if (read.putIfAbsent(session.group(1), now) != null) {
                repeated.incrementAndGet();
            }
        }
    }

    private void send(List<Device> devices, int rate, int seconds) throws Exception {
        int total = rate * seconds;
        long gap = 1_000_000_000L / rate;
        AtomicInteger next = new AtomicInteger();
        long begin = System.nanoTime() + 100_000_000L;
        try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<?>> senders = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                senders.add(
                        threads.submit(
                                () -> {
                                    try (HttpConnection connection = new HttpConnection(url)) {
                                        for (int n = next.getAndIncrement();
                                                n < total;
                                                n = next.getAndIncrement()) {
                                            long at = begin + n * gap;
                                            for (long left = at - System.nanoTime();
                                                    left > 0;
                                                    left = at - System.nanoTime()) {
                                                LockSupport.parkNanos(left);
                                            }
                                            Device device =
                                                    devices.get(
                                                            (int) (n * 7919L % devices.size()));
                                            due.put(session(connection, device), at);
                                        }
                                        return null;
                                    }
                                }));
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        }
    }

    private String session(HttpConnection connection, Device device) throws IOException {
        return field(
                connection.post(
                        "/ipp/v1/sessions",
                        authorization,
                        Cart.of(device.id)),
                "session_id");
    }

    private boolean report(int rate, int seconds) {
        Latencies took = new Latencies();
        due.forEach(
                (session, at) -> {
                    Long got = read.get(session);
                    if (got != null) {
                        took.add(got - at);
                    }
                });
        int lost = due.size() - took.size();
        System.out.printf(
                Locale.ROOT,
                "%d sessions at %d/s for %d s, %d lost, %d told twice%n"
                        + "due to be sent -> event read: %s%n",
                due.size(), rate, seconds, lost, repeated.get(), took);
        Results.add("dispatch", rate, "p50", took.at(0.5));
        Results.add("dispatch", rate, "p99", took.at(0.99));
        Results.add("dispatch", rate, "p99.9", took.at(0.999));
        Results.add("dispatch", rate, "lost", lost);
        return lost == 0;
    }
}
