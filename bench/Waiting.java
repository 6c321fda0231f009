import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clients of many merchants that wait for events, each again as soon as it is answered. */
final class Waiting {
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");

    private static final Semaphore BEGINNING = new Semaphore(8);

    private Waiting() {}

    /** Arguments: url, a file of keys, requests that wait with each. */
    public static void main(String[] args) throws Exception {
        URI url = URI.create(args[0]);
        List<String> keys = Files.readAllLines(Path.of(args[1]));
        int each = Integer.parseInt(args[2]);
        CountDownLatch begun = new CountDownLatch(keys.size() * each);
        for (String key : keys) {
            for (int i = 0; i < each; i++) {
                Thread.startVirtualThread(() -> wait(url, key, begun));
            }
        }
        begun.await();
        System.out.println("ready");
        Thread.currentThread().join();
    }

    private static void wait(URI url, String key, CountDownLatch begun) {
        String login = "Basic " + Base64.getEncoder().encodeToString((":" + key).getBytes(StandardCharsets.UTF_8));
        String next = "end";
        boolean first = true;
        while (true) {
            try (HttpConnection connection = new HttpConnection(url)) {
                while (true) {
                    next = next(first ? beginning(connection, login) : connection.get(path(next), login));
                    if (first) {
                        first = false;
                        begun.countDown();
                    }
                }
            } catch (IOException e) {
                // A server that is too busy to answer is asked again, as a client would.
                LockSupport.parkNanos(1_000_000_000L);
            }
        }
    }

    private static String path(String after) {
        return "/kassa/v1/events?wait=30&after=" + after;
    }

    /** A few at a time: it is waiting that is measured, and not a thousand connections at once. */
    private static String beginning(HttpConnection connection, String login) throws IOException {
        BEGINNING.acquireUninterruptibly();
        try {
            return connection.get("/kassa/v1/events?after=end", login);
        } finally {
            BEGINNING.release();
        }
    }

    private static String next(String answer) throws IOException {
        Matcher next = NEXT.matcher(answer);
        if (!next.find()) {
            throw new IOException("no cursor in " + answer);
        }
        return next.group(1);
    }
}
