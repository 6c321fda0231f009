package dev.kassa.event;

import dev.kassa.database.AfterCommit;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.database.SqlRows;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Appends events in the statement of the change they tell of, and hints to those who follow. */
@Component
public final class EventLog {
    private static final SqlRows<Event> EVENTS =
            SqlRows.<Event>named("e")
                    .column("session_id", "uuid", Event::sessionId)
                    .column("event_id", "text", Event::id)
                    .column("type", "text", event -> event.type().wire())
                    .column("body", "text", Event::body)
                    .column("occurred_at", "timestamptz", Event::occurredAt);

    /**
     * Logs events in the statement of the change they tell of, and makes their deliveries. It needs
     * {@code logged (merchant_id, session_id, device_id)}: one row for each session whose change
     * took place. Parameters are set by {@link #bind}. There is no other way to append, so an event
     * without its change, or a change without its event, cannot be written.
     */
    public static final SqlFragment APPEND =
            new SqlFragment(
                    Set.of("logged"),
                    Set.of("event_insert", "delivery_insert"),
                    """
                    event_insert as (
                        insert into event (event_id, merchant_id, type, session_id, device_id, body,
                            occurred_at)
                        select e.event_id, logged.merchant_id, e.type, session_id, logged.device_id,
                            e.body, e.occurred_at
                        from logged join %s using (session_id)
                        order by e.nth
                        returning event_id, merchant_id, type, seq, occurred_at
                    ),
                    delivery_insert as (
                        insert into delivery (destination_id, seq, event_id, merchant_id, status,
                            due_at, queued_at)
                        select destination.destination_id, logged_event.seq, logged_event.event_id,
                            logged_event.merchant_id, 'PENDING', logged_event.occurred_at,
                            logged_event.occurred_at
                        from event_insert logged_event
                        join destination on destination.merchant_id = logged_event.merchant_id
                        where destination.enabled and case
                            when destination.event_types is null
                            then logged_event.type = any(:documented_types::text[])
                            else logged_event.type = any(destination.event_types) end
                    )
                    """
                            .formatted(EVENTS.table()));

    /**
     * Logs an event that tells of no change: a test of one destination. It needs {@code target},
     * and gives {@code event_insert (event_id, merchant_id, seq)}. It is fanned out to nobody and
     * listed nowhere. Parameters are set by {@link #bindTest}.
     */
    public static final SqlFragment APPEND_TEST =
            new SqlFragment(
                    Set.of("target"),
                    Set.of("event_insert"),
                    """
                    event_insert as (
                        insert into event (event_id, merchant_id, type, body, occurred_at)
                        select :event_id, :event_merchant_id, :event_type, :event_body,
                            :event_occurred_at
                        from target
                        returning event_id, merchant_id, seq
                    )
                    """);

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
    public static void bind(SqlParameters parameters, List<Event> events) {
        EVENTS.bind(parameters, events);
        var _ = parameters.param("documented_types", DOCUMENTED);
    }

    /** Sets the parameters of {@link #APPEND_TEST}. */
    public static void bindTest(
            SqlParameters parameters, MerchantId merchant, Event.TestEvent event, Instant now) {
        var _ =
                parameters
                        .param("event_id", event.id().value())
                        .param("event_merchant_id", merchant.value())
                        .param("event_type", EventType.TEST.wire())
                        .param("event_body", event.body())
                        .param("event_occurred_at", Sql.at(now));
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
