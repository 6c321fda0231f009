package dev.kassa.cli;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.kassa.event.EventType;
import dev.kassa.http.Json;
import dev.kassa.kernel.Pause;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.server.SecretFile;
import dev.kassa.server.Settings;
import dev.kassa.webhook.DestinationUrl;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * {@code kassa listen}: reads events from the cursor where it left off, so that nothing is missed
 * while the server or the line is down. The events are signed as for a destination of its own,
 * which is disabled: nothing is sent, but the secret is there to verify with.
 */
@Command(
        name = "listen",
        description = "Print the events of the running playground as they happen, verified.",
        mixinStandardHelpOptions = true)
final class ListenCommand implements Callable<Integer> {
    private static final String FILE = "listen.env";
    private static final String DESTINATIONS = "/kassa/v1/webhook-destinations";
    private static final int WAIT_SECONDS = 25;
    private static final Duration TIMEOUT = Duration.ofSeconds(WAIT_SECONDS + 10L);
    private static final Timeout FORWARD_TIMEOUT = Timeout.ofSeconds(10);
    private static final ContentType JSON = ContentType.create("application/json");
    private static final Duration RECONNECT = Duration.ofSeconds(1);

    @Option(
            names = "--forward-to",
            paramLabel = "URL",
            description =
                    "Send each event there too, signed anew with the secret that is printed first."
                            + " Without a scheme, as in localhost:3000, it is http.")
    private @Nullable String forwardTo;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after N events; otherwise Ctrl-C ends it.")
    private long count = Long.MAX_VALUE;

    @Option(names = "--from-start", description = "Begin with the oldest event.")
    private boolean fromStart;

    private final DemoOutput terminal = new DemoOutput(System.out);
    private final CloseableHttpClient endpoint = client();

    /** The destination that signs for us, and its secret. */
    private record Signer(String destination, String secret) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Signer[" + destination + "]";
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        URI target = forwardTo == null ? null : target(forwardTo);
        Path data = Settings.load().dataDirectory();
        PlaygroundEnv env = PlaygroundEnv.read(data);
        if (env.get("KASSA_URL").isEmpty()) {
            throw new Refusal(
                    "There is no "
                            + data.resolve(PlaygroundEnv.FILE)
                            + ". Start a playground with ./kassa start, or set KASSA_DATA_DIR.");
        }
        ApiClient api = ApiClient.of(env);
        Signer signer;
        String after;
        try {
            signer = signer(api, data);
            after = fromStart ? "" : end(api);
        } catch (IOException e) {
            throw new Refusal(
                    "No server answers at " + env.get("KASSA_URL") + ". Start it: ./kassa start",
                    e);
        }
        terminal.step("Listening", env.get("KASSA_URL"));
        if (target != null) {
            terminal.step("Forwarding", target + " signed with " + signer.secret());
        }
        follow(api, signer, target, after);
        return 0;
    }

    /** What is typed after {@code --forward-to}, as a URL that can be sent to. */
    private static URI target(String typed) {
        try {
            URI url = DestinationUrl.parse(typed.contains("://") ? typed : "http://" + typed);
            if (DestinationUrl.isHttp(url)) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // Refused below like any other that is no URL.
        }
        throw new Refusal(
                "--forward-to is a URL such as http://localhost:3000/webhooks, not '"
                        + typed
                        + "'.");
    }

    private void follow(ApiClient api, Signer signer, @Nullable URI target, String from)
            throws InterruptedException {
        String after = from;
        long seen = 0;
        boolean connected = true;
        while (seen < count && terminal.isRead()) {
            JsonNode answer;
            try {
                answer = read(api, signer, after, Math.min(100, count - seen));
            } catch (IOException e) {
                if (connected) {
                    terminal.failed("Disconnected", "trying again until the server is back");
                }
                connected = false;
                Pause.of(RECONNECT);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                continue;
            }
            if (!connected) {
                terminal.step("Connected", "going on where it stopped");
                connected = true;
            }
            for (JsonNode entry : answer.path("content")) {
                handle(signer, target, entry.path("request"));
                seen++;
            }
            after = answer.path("next").asString();
        }
    }

    private static JsonNode read(ApiClient api, Signer signer, String after, long size)
            throws IOException, InterruptedException {
        String path =
                "/kassa/v1/events?wait="
                        + WAIT_SECONDS
                        + "&page_size="
                        + size
                        + "&destination_id="
                        + signer.destination()
                        + (after.isEmpty() ? "" : "&after=" + after);
        HttpResponse<String> answer =
                api.http()
                        .send(api.request(path).timeout(TIMEOUT).build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 500 || answer.statusCode() == 429) {
            throw new IOException("answered " + answer.statusCode());
        }
        return granted(answer);
    }

    private static JsonNode granted(HttpResponse<String> answer) {
        JsonNode body = ApiClient.json(answer);
        if (answer.statusCode() >= 300) {
            throw new Refusal(answer.statusCode() + ": " + ApiClient.problem(body));
        }
        return body;
    }

    private void handle(Signer signer, @Nullable URI target, JsonNode request) {
        String body = request.path("body").asString();
        String id = request.path("headers").path("webhook-id").asString();
        JsonNode event = Json.MAPPER.readTree(body);
        String detail = id + " " + event.path("data");
        if (!verifies(signer.secret(), body, request.path("headers"))) {
            terminal.failed(event.path("type").asString(), detail + " NOT VERIFIED");
            return;
        }
        String forwarded = target == null ? "" : " -> " + forward(target, signer, id, body);
        terminal.received(event.path("type").asString(), detail + forwarded);
    }

    private static boolean verifies(String secret, String body, JsonNode headers) {
        Map<String, List<String>> all = new TreeMap<>();
        headers.properties()
                .forEach(header -> all.put(header.getKey(), List.of(header.getValue().asString())));
        try {
            new Webhook(secret).verify(body, HttpHeaders.of(all, (name, value) -> true));
            return true;
        } catch (WebhookVerificationException | EmptyWebhookSecretException e) {
            return false;
        }
    }

    /** What the endpoint answered. Signed now, since an event caught up with may be hours old. */
    private String forward(URI to, Signer signer, String id, String body) {
        long timestamp = TimeUnit.MILLISECONDS.toSeconds(InstantSource.system().millis());
        try {
            HttpPost request = new HttpPost(to);
            request.setHeader("webhook-id", id);
            request.setHeader("webhook-timestamp", Long.toString(timestamp));
            request.setHeader(
                    "webhook-signature", new Webhook(signer.secret()).sign(id, timestamp, body));
            request.setEntity(new ByteArrayEntity(body.getBytes(StandardCharsets.UTF_8), JSON));
            return Integer.toString(endpoint.execute(request, ClassicHttpResponse::getCode));
        } catch (IOException e) {
            return "not forwarded: " + e.getMessage();
        } catch (WebhookSigningException | EmptyWebhookSecretException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tries each address of a name: many a server of a developer's listens on ::1 alone. */
    private static CloseableHttpClient client() {
        ConnectionConfig timeouts =
                ConnectionConfig.custom()
                        .setConnectTimeout(FORWARD_TIMEOUT)
                        .setSocketTimeout(FORWARD_TIMEOUT)
                        .build();
        return HttpClients.custom()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setDefaultConnectionConfig(timeouts)
                                .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom().setResponseTimeout(FORWARD_TIMEOUT).build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .build();
    }

    private static String end(ApiClient api) throws IOException, InterruptedException {
        return granted(api.get("/kassa/v1/events?after=end")).path("next").asString();
    }

    /** A disabled destination of every type there is, so that nothing that happens is left out. */
    private static String wish(String name) {
        List<String> types =
                Stream.of(EventType.values())
                        .filter(type -> type != EventType.TEST)
                        .map(EventType::wire)
                        .toList();
        return Json.write(
                Map.of(
                        "name",
                        name,
                        "url",
                        "http://127.0.0.1/",
                        "enabled",
                        false,
                        "event_types",
                        types));
    }

    /**
     * Whether there still is this destination; it is given the types that have been added since.
     */
    private static boolean refreshed(ApiClient api, String destination)
            throws IOException, InterruptedException {
        String path = DESTINATIONS + "/" + destination;
        HttpResponse<String> known = api.get(path);
        if (known.statusCode() != 200) {
            return false;
        }
        String name = ApiClient.json(known).path("name").asString();
        var _ = granted(api.put(path, wish(name)));
        return true;
    }

    /** The destination of the last time if it is still there, or a new one. */
    private static Signer signer(ApiClient api, Path data)
            throws IOException, InterruptedException {
        Path file = data.resolve(FILE);
        if (Files.exists(file)) {
            List<String> lines = Files.readAllLines(file);
            if (lines.size() == 2 && refreshed(api, lines.getFirst())) {
                return new Signer(lines.getFirst(), lines.getLast());
            }
        }
        HttpResponse<String> answer =
                api.post(DESTINATIONS, wish("kassa listen " + UUID.randomUUID()));
        JsonNode made = granted(answer);
        Signer signer = new Signer(made.path("id").asString(), made.path("secret").asString());
        SecretFile.write(file, signer.destination() + "\n" + signer.secret() + "\n");
        return signer;
    }
}
