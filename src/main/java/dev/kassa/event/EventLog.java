package dev.kassa.event;

import dev.kassa.database.AfterCommit;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Appends events in the statement of the change they tell of, and hints to those who follow. */
@Component
public final class EventLog {
    /**
     * Two CTEs for the statement of a change. They read a CTE {@code logged (merchant_id,
     * session_id, device_id)} that the statement defines: one row for each session whose change
     * took place. Parameters are set by {@link #bind}. There is no other way to append, so an event
     * without its change, or a change without its event, cannot be written.
     */
    public static final String APPEND =
            """
            event as (
                insert into event (event_id, merchant_id, type, session_id, device_id, body, occurred_at)
                select e.event_id, logged.merchant_id, e.type, session_id, logged.device_id,
                    e.body, e.occurred_at
                from logged join unnest(:event_sessions::uuid[], :event_ids::text[],
                    :event_types::text[], :event_bodies::text[], :events_occurred_at::timestamptz[])
                    with ordinality as e (session_id, event_id, type, body, occurred_at, nth)
                    using (session_id)
                order by e.nth
                returning event_id, merchant_id, type, seq, occurred_at
            ),
            delivery as (
                insert into delivery (destination_id, seq, event_id, merchant_id, status, due_at,
                    queued_at)
                select destination.destination_id, event.seq, event.event_id, event.merchant_id,
                    'PENDING', event.occurred_at, event.occurred_at
                from event join destination on destination.merchant_id = event.merchant_id
                where destination.enabled and case
                    when destination.event_types is null
                    then event.type = any(:documented_types::text[])
                    else event.type = any(destination.event_types) end
            )
            """;

    /**
     * A CTE {@code event (event_id, merchant_id, seq)} that logs an event which tells of no change:
     * a test of one destination. It is fanned out to nobody and listed nowhere. Parameters {@code
     * event_id}, {@code merchant_id}, {@code event_type}, {@code event_body} and {@code now}.
     */
    public static final String APPEND_TEST =
            """
            event as (
                insert into event (event_id, merchant_id, type, body, occurred_at)
                select :event_id, :merchant_id, :event_type, :event_body, :now from target
                returning event_id, merchant_id, seq
            )
            """;

    /** The types that a destination gets which names none. */
    public static String[] documentedTypes() {
        return DOCUMENTED.clone();
    }

    private static final String[] DOCUMENTED =
            List.of(EventType.values()).stream()
                    .filter(EventType::documented)
                    .map(EventType::wire)
                    .toArray(String[]::new);

    /**
     * What was committed: events of these types, about sessions of one device of this merchant. At
     * least one type.
     */
    public record Change(MerchantId merchant, DeviceId device, Set<EventType> types) {}

    private final List<Consumer<Change>> followers = new CopyOnWriteArrayList<>();

    /** Sets the parameters of {@link #APPEND}. */
    public static StatementSpec bind(StatementSpec statement, List<Event> events) {
        return statement
                .param("event_sessions", Sql.column(events, Event::sessionId))
                .param("event_ids", Sql.column(events, Event::id))
                .param("event_types", Sql.column(events, event -> event.type().wire()))
                .param("event_bodies", Sql.column(events, Event::body))
                .param("events_occurred_at", Sql.column(events, Event::occurredAt))
                .param("documented_types", DOCUMENTED);
    }

    /** Registers someone to be hinted of each commit. The hint must return at once. */
    public void follow(Consumer<Change> follower) {
        followers.add(follower);
    }

    /**
     * Called after a change of one of this device's sessions was written with these events.
     * Followers are told at once, or when the transaction around the change has committed, if there
     * is one. A change without an event concerns nobody.
     */
    public void committed(MerchantId merchant, DeviceId device, List<Event> events) {
        Set<EventType> types =
                events.stream().map(Event::type).collect(Collectors.toUnmodifiableSet());
        if (!types.isEmpty()) {
            committed(new Change(merchant, device, types));
        }
    }

    /** The same, of one event. */
    public void committed(MerchantId merchant, DeviceId device, EventType type) {
        committed(new Change(merchant, device, Set.of(type)));
    }

    private void committed(Change change) {
        AfterCommit.run(() -> followers.forEach(follower -> follower.accept(change)));
    }
}
