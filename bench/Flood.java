import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Creates sessions as fast as they are answered, whatever the answer is, until its time is up, and
 * prints how many answers there were of each status.
 */
final class Flood {
    /** Arguments: URL, API key, file of device ids (first column), clients, seconds. */
    public static void main(String[] args) throws Exception {
        URI url = URI.create(args[0] + "/ipp/v1/sessions");
        List<String> devices =
                Files.readAllLines(Path.of(args[2])).stream()
                        .map(line -> line.split("\t")[0])
                        .toList();
        int clients = Integer.parseInt(args[3]);
        long end = System.nanoTime() + (long) (Double.parseDouble(args[4]) * 1e9);
        Map<Integer, Integer> answers = new TreeMap<>();
        try (HttpClient http = HttpClient.newHttpClient();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < clients; i++) {
                threads.submit(
                        () -> {
                            while (System.nanoTime() < end) {
                                var random = ThreadLocalRandom.current();
                                String device = devices.get(random.nextInt(devices.size()));
                                int status = status(http, url, args[1], device);
                                synchronized (answers) {
                                    answers.merge(status, 1, Integer::sum);
                                }
                            }
                            return null;
                        });
            }
        }
        System.out.println("answers by status: " + answers);
    }

    private static int status(HttpClient http, URI url, String key, String device)
            throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(url)
                        .header("Authorization", "Basic " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(Cart.of(device)))
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }
}
