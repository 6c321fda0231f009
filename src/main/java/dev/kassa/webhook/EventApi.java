package dev.kassa.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.database.Sql;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventReader;
import dev.kassa.event.EventReader.Cursor;
import dev.kassa.event.EventReader.Logged;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.Merchant;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Events from a cursor on, for those who missed some or cannot be called ({@code kassa.yaml}). */
@RestController
final class EventApi {
    /** What another server wrote is noticed after this long at the latest. */
    private static final Duration POLL = Duration.ofMillis(250);

    private static final String END = "end";

    private final EventReader events;
    private final Destinations destinations;
    private final InstantSource clock;
    private final Map<MerchantId, Integer> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger waiters = new AtomicInteger();
    private final Object bell = new Object();
    private volatile boolean closed;

    EventApi(EventReader events, Destinations destinations, EventLog log, InstantSource clock) {
        this.events = events;
        this.destinations = destinations;
        this.clock = clock;
        log.follow(change -> ring());
    }

    record Headers(
            @JsonProperty("webhook-id") String id,
            @JsonProperty("webhook-timestamp") String timestamp,
            @JsonProperty("webhook-signature") String signature) {}

    /** The request that a destination would be sent. */
    record Request(Headers headers, String body) {}

    record Entry(@JsonRawValue String event, @Nullable Request request) {}

    /** {@code next}: the cursor behind the last of these. */
    record Slice(List<Entry> content, String next) {}

    @Operation(longLived = true)
    @GetMapping(path = "/kassa/v1/events", produces = MediaType.APPLICATION_JSON_VALUE)
    Slice list(Merchant merchant, Query query) throws InterruptedException {
        Cursor after =
                query.optional("after", "the next of an earlier answer, or end", this::cursor);
        DestinationId destination =
                query.optional("destination_id", "a UUID", DestinationId::parse);
        int wait = query.number("wait", 0, Limits.EVENTS_WAIT_SECONDS, 0);
        int limit = query.paging().size();
        query.throwIfAny();

        Destinations.@Nullable Signing signing =
                destination == null ? null : destinations.signing(merchant.id(), destination);
        var reading =
                new Reading(
                        merchant.id(),
                        after == null ? Cursor.START : after,
                        signing == null ? null : signing.eventTypes(),
                        limit);
        List<Logged> logged = read(reading, Duration.ofSeconds(wait));
        return new Slice(
                logged.stream().map(event -> entry(event, signing)).toList(),
                (logged.isEmpty() ? reading.after : logged.getLast().cursor()).toString());
    }

    private Cursor cursor(String text) {
        return text.equals(END) ? events.end() : Cursor.parse(text);
    }

    private record Reading(
            MerchantId merchant, Cursor after, @Nullable List<String> types, int limit) {}

    private Entry entry(Logged event, Destinations.@Nullable Signing signing) {
        if (signing == null) {
            return new Entry(event.body(), null);
        }
        long now = Sql.now(clock).getEpochSecond();
        var headers =
                new Headers(
                        event.eventId(),
                        Long.toString(now),
                        Signature.sign(signing.secrets(), event.eventId(), now, event.body()));
        return new Entry(event.body(), new Request(headers, event.body()));
    }

    private List<Logged> read(Reading reading, Duration patience) throws InterruptedException {
        List<Logged> logged = once(reading);
        if (!logged.isEmpty() || patience.isZero()) {
            return logged;
        }
        if (waiting.merge(reading.merchant, 1, Integer::sum) > Limits.EVENTS_WAITING) {
            leave(reading.merchant);
            throw Problem.tooMany(
                    "Too many requests of this merchant are waiting for events.",
                    Duration.ofSeconds(1));
        }
        waiters.incrementAndGet();
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            while (logged.isEmpty() && !closed && System.nanoTime() < deadline) {
                synchronized (bell) {
                    bell.wait(POLL.toMillis());
                }
                logged = once(reading);
            }
            return logged;
        } finally {
            waiters.decrementAndGet();
            leave(reading.merchant);
        }
    }

    private List<Logged> once(Reading reading) {
        return events.after(reading.merchant, reading.after, reading.types, reading.limit);
    }

    private void leave(MerchantId merchant) {
        waiting.computeIfPresent(merchant, (id, count) -> count == 1 ? null : count - 1);
    }

    private void ring() {
        if (waiters.get() > 0) {
            synchronized (bell) {
                bell.notifyAll();
            }
        }
    }

    /** Before the web server waits for requests in flight. */
    @EventListener(ContextClosedEvent.class)
    void stop() {
        closed = true;
        ring();
    }
}
