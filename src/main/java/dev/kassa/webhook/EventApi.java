package dev.kassa.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.database.Sql;
import dev.kassa.event.EventReader;
import dev.kassa.event.EventReader.Cursor;
import dev.kassa.event.EventReader.Logged;
import dev.kassa.http.Client;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.merchant.Merchant;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Events from a cursor on, for those who missed some or cannot be called ({@code kassa.yaml}). */
@RestController
@Requires(Permission.EVENTS_READ)
final class EventApi {
    private static final String END = "end";

    private final EventReader events;
    private final Destinations destinations;
    private final EventWaiters waiters;
    private final InstantSource clock;

    EventApi(
            EventReader events,
            Destinations destinations,
            EventWaiters waiters,
            InstantSource clock) {
        this.events = events;
        this.destinations = destinations;
        this.waiters = waiters;
        this.clock = clock;
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
    Slice list(Merchant merchant, Query query, HttpMethod method, Client client)
            throws InterruptedException {
        Cursor after =
                query.optional("after", "the next of an earlier answer, or end", this::cursor);
        DestinationId destination =
                query.optional("destination_id", "a UUID", DestinationId::parse);
        int wait = query.number("wait", 0, Limits.EVENTS_WAIT_SECONDS, 0);
        int limit = query.pageSize();
        query.refuseOthers();
        query.throwIfAny();

        Destinations.@Nullable Signing signing =
                destination == null ? null : destinations.signing(merchant.id(), destination);
        var reading =
                new EventQuery(
                        merchant.id(),
                        after == null ? Cursor.START : after,
                        signing == null ? null : signing.eventTypes(),
                        limit);
        // A HEAD asks what an answer would look like, and has nothing to wait for.
        Duration patience =
                method.equals(HttpMethod.HEAD) ? Duration.ZERO : Duration.ofSeconds(wait);
        List<Logged> logged = read(reading, patience, client);
        return new Slice(
                logged.stream().map(event -> entry(event, signing)).toList(),
                (logged.isEmpty() ? reading.after : logged.getLast().cursor()).toString());
    }

    private Cursor cursor(String text) {
        return text.equals(END) ? events.end() : Cursor.parse(text);
    }

    private record EventQuery(
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

    /** Takes its place before it reads, so that what happens after the reading rings it. */
    private List<Logged> read(EventQuery reading, Duration patience, Client client)
            throws InterruptedException {
        if (patience.isZero()) {
            return once(reading);
        }
        EventWaiters.Waiter waiter =
                waiters.enter(reading.merchant, patience, client::isConnected).orElse(null);
        if (waiter == null) {
            List<Logged> logged = once(reading);
            if (!logged.isEmpty()) {
                return logged;
            }
            waiter = waiters.enterOrRefuse(reading.merchant, patience, client::isConnected);
        }
        try (EventWaiters.Waiter mine = waiter) {
            List<Logged> logged;
            do {
                logged = once(reading);
            } while (logged.isEmpty() && mine.await());
            return logged;
        }
    }

    private List<Logged> once(EventQuery reading) {
        return events.after(reading.merchant, reading.after, reading.types, reading.limit);
    }
}
