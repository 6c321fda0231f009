package dev.kassa.webhook;

import dev.kassa.database.AfterCommit;
import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What was sent to a destination, and sending it again. */
@Service
public final class DeliveryLog {
    private static final Pattern ID = Pattern.compile("kevt_[0-9A-Za-z]{21,22}");

    private final DeliveryLogTable table;
    private final DestinationTable destinationTable;
    private final Destinations destinations;
    private final Deliveries deliveries;
    private final InstantSource clock;

    DeliveryLog(
            DeliveryLogTable table,
            DestinationTable destinationTable,
            Destinations destinations,
            Deliveries deliveries,
            InstantSource clock) {
        this.table = table;
        this.destinationTable = destinationTable;
        this.destinations = destinations;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    /**
     * What is to be sent again.
     *
     * @param from when the first of the events happened
     * @param to they happened before this; null for all until now
     * @param deliveredToo also what the destination has acknowledged
     */
    public record Stretch(Instant from, @Nullable Instant to, boolean deliveredToo) {
        /**
         * As somebody asks for it.
         *
         * @throws Problem INVALID with what is wrong, by field
         */
        public static Stretch of(JsonObject body) {
            Instant from = body.requiredInstant("from");
            Instant to = body.optionalInstant("to");
            boolean deliveredToo = body.flag("include_delivered", false);
            if (to != null && !to.isAfter(from)) {
                body.fault("to", "must be later than from");
            }
            body.faults().throwIfAny();

            return new Stretch(from, to, deliveredToo);
        }
    }

    /**
     * How an event fared with a destination.
     *
     * @param status of the delivery; null when it was never sent there
     * @param nextAttemptAt null unless it is to be tried again
     */
    public record Sent(
            DestinationId destination,
            String name,
            boolean enabled,
            @Nullable String status,
            int attempts,
            @Nullable Integer lastStatus,
            @Nullable Instant nextAttemptAt) {}

    /** How an event fared with each destination that the merchant has now, by name. */
    public List<Sent> ofEvent(MerchantId merchant, String eventId) {
        return known(eventId).map(id -> table.ofEvent(merchant, id)).orElse(List.of());
    }

    /**
     * A destination's deliveries, newest first. Of those that arrived a slice may be shorter than
     * asked for, though more follow: it looks at 10,000 deliveries and no further.
     *
     * @param status of the deliveries; null for any
     * @param before {@link Delivery.Slice#next} of the slice before; null for the newest
     * @throws Problem NOT_FOUND when there is no such destination
     */
    public Delivery.Slice list(
            MerchantId merchant,
            DestinationId destination,
            @Nullable String status,
            @Nullable Long before,
            int size) {
        return list(merchant, destinations.get(merchant, destination), status, before, size);
    }

    /** The same of a destination that was read already. */
    public Delivery.Slice list(
            MerchantId merchant,
            Destination known,
            @Nullable String status,
            @Nullable Long before,
            int size) {
        var filter = new DeliveryLogTable.Filter(status, before, size + 1);
        List<DeliveryLogTable.Row> rows = table.list(merchant, known.id(), filter);
        List<DeliveryLogTable.Row> shown = rows.subList(0, Math.min(size, rows.size()));
        Optional<Long> next =
                rows.size() > size
                        ? Optional.of(shown.getLast().seq())
                        : DeliveryDecision.DELIVERED.equals(status)
                                ? table.endOfWindow(merchant, known.id(), before)
                                : Optional.empty();
        return new Delivery.Slice(
                shown.stream().map(DeliveryLogTable.Row::delivery).toList(),
                next.map(String::valueOf).orElse(null));
    }

    /**
     * One delivery with what was sent and every try.
     *
     * @throws Problem NOT_FOUND when the destination was not sent that event
     */
    public Delivery get(MerchantId merchant, DestinationId destination, String eventId) {
        DeliveryLogTable.Row row =
                known(eventId)
                        .flatMap(id -> table.find(merchant, destination, id))
                        .orElseThrow(() -> unknown(eventId));
        return row.delivery().with(table.tries(merchant, destination, row.seq()));
    }

    /**
     * Sends one event to a destination again, now, and then for three days if need be.
     *
     * @throws Problem NOT_FOUND when there is no such destination or event, CONFLICT when the
     *     destination is disabled
     */
    public Delivery resend(MerchantId merchant, DestinationId destination, String eventId) {
        refuseDisabled(merchant, destination);
        boolean queued =
                known(eventId)
                        .map(id -> table.queue(merchant, destination, id, Sql.now(clock)))
                        .orElse(false);
        if (!queued) {
            throw unknown(eventId);
        }
        queued(merchant, destination);
        return get(merchant, destination, eventId);
    }

    /**
     * Sends a destination the events of a stretch of time that it has not acknowledged, or all of
     * them: those that failed, and those it was never sent.
     *
     * @return how many
     * @throws Problem NOT_FOUND when there is no such destination, CONFLICT when it is disabled,
     *     INVALID when there are too many
     */
    public int resend(MerchantId merchant, DestinationId destination, Stretch stretch) {
        refuseDisabled(merchant, destination);
        Instant now = Sql.now(clock);
        Instant to = stretch.to();
        var range =
                new DeliveryLogTable.Range(
                        stretch.from(), to == null ? now : to, stretch.deliveredToo());
        int limit = Limits.RESEND_EVENTS;
        if (table.count(merchant, destination, range, limit + 1) > limit) {
            throw Problem.invalid(
                    "from",
                    "must begin a stretch of at most " + limit + " events; choose a shorter");
        }
        int count = table.queue(merchant, destination, range, limit, now);
        queued(merchant, destination);
        return count;
    }

    /**
     * Sends a test event to a destination.
     *
     * @return its id; the delivery tells how it fared
     * @throws Problem NOT_FOUND when there is no such destination, CONFLICT when it is disabled
     */
    public String test(MerchantId merchant, DestinationId destination) {
        refuseDisabled(merchant, destination);
        Instant now = Sql.now(clock);
        Event.TestEvent event = Event.test(merchant, destination, now);
        if (!table.test(merchant, destination, event, now)) {
            throw unknown(event.id().value());
        }
        queued(merchant, destination);
        return event.id().value();
    }

    /** Anything else is no event's id; PostgreSQL would not even take every text. */
    private static Optional<String> known(String eventId) {
        return Optional.of(eventId).filter(id -> ID.matcher(id).matches());
    }

    private void refuseDisabled(MerchantId merchant, DestinationId destination) {
        if (!destinations.get(merchant, destination).enabled()) {
            throw Problem.conflict("The destination is disabled. Enable it first.");
        }
    }

    private void queued(MerchantId merchant, DestinationId destination) {
        destinationTable.resume(merchant, destination);
        AfterCommit.run(() -> deliveries.configured(destination));
    }

    private static Problem unknown(String eventId) {
        return Problem.notFound("There is no event " + eventId + " here.");
    }
}
