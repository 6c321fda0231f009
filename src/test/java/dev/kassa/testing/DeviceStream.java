package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A device listening to its stream. */
public final class DeviceStream implements AutoCloseable {
    private final InputStream body;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread reader;
    private volatile String lastId = "";

    public record Event(String name, String id, JsonNode data) {
        public String session() {
            return data.path("session_id").asString();
        }

        public String status() {
            return data.path("status").asString();
        }
    }

    private DeviceStream(InputStream body) {
        this.body = body;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    public static DeviceStream open(TestMerchant.TestDevice device, @Nullable String lastEventId) {
        HttpRequest.Builder request = device.api().request("/pos/v1/stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            HttpResponse<InputStream> answer =
                    TestClient.HTTP.send(
                            request.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type"))
                    .hasValue("text/event-stream;charset=UTF-8");
            return new DeviceStream(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        String name = "message";
        String id = "";
        @Nullable JsonNode data = null;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("id: ")) {
                    id = line.substring("id: ".length());
                } else if (line.startsWith("data: ")) {
                    data = Json.MAPPER.readTree(line.substring("data: ".length()));
                } else if (line.isEmpty()) {
                    lastId = id;
                    if (data != null) {
                        events.add(new Event(name, id, data));
                    }
                    name = "message";
                    data = null;
                }
            }
        } catch (IOException e) {
            // Closed by the test or by the server.
        }
    }

    /** The next event, whatever its name. */
    public Event any() throws InterruptedException {
        Event event = events.poll(10, TimeUnit.SECONDS);
        assertThat(event).as("an event within 10 s").isNotNull();
        return Objects.requireNonNull(event);
    }

    /** The next event, which must tell of a session. */
    public Event next() throws InterruptedException {
        Event event = any();
        assertThat(event.name()).as("%s", event).isEqualTo("session");
        return event;
    }

    /** Why the stream ended, which must be the next thing it says. */
    public String reason() throws InterruptedException {
        Event event = any();
        assertThat(event.name()).as("%s", event).isEqualTo("end");
        assertThat(ends()).isTrue();
        return event.data().path("reason").asString();
    }

    /** The first event from here on whose payment has this status. */
    public Event until(String payment) throws InterruptedException {
        Event event = next();
        while (!event.data().at("/payment/status").asString("").equals(payment)) {
            event = next();
        }
        return event;
    }

    /** Waits until this holds, for at most 10 s. */
    public static void await(BooleanSupplier condition) {
        Await.until(Duration.ofSeconds(10), condition);
    }

    /** What a client sends as {@code Last-Event-ID} when it connects again. */
    public String lastId() {
        return lastId;
    }

    /** What has come and was not taken yet. */
    public List<Event> taken() {
        List<Event> taken = new ArrayList<>();
        events.drainTo(taken);
        return taken;
    }

    public boolean hasMore() {
        return !events.isEmpty();
    }

    public boolean ends() throws InterruptedException {
        return reader.join(Duration.ofSeconds(5));
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
