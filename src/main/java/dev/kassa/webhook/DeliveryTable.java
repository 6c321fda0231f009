package dev.kassa.webhook;

import dev.kassa.database.Nodes;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlRows;
import dev.kassa.database.SqlStatement;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables delivery and delivery_attempt as a queue, worked off for all merchants together. */
@Component
final class DeliveryTable {
    /** Rows that a statement cleans up at the most. */
    private static final int BATCH = 1000;

    /**
     * A CTE {@code waiting (destination_id, nth)}: up to {@code :limit} destinations behind {@code
     * :after} with a delivery that was never tried, found by skipping from one to the next in the
     * index that holds such deliveries alone. Destinations that wait for nothing are not in it, so
     * however many there are, they cost nothing.
     */
    private static final String WAITING =
            """
            with recursive waiting (destination_id, nth) as (
                (select destination_id, 1 from delivery
                    where status = 'PENDING' and step = 0 and destination_id > :after
                    order by destination_id limit 1)
                union all
                select next.destination_id, nth + 1
                from waiting cross join lateral (
                    select destination_id from delivery
                    where status = 'PENDING' and step = 0
                        and destination_id > waiting.destination_id
                    order by destination_id limit 1) next
                where nth < :limit
            )
            """;

    /** Lanes with something to send that are looked at for how long it has waited. */
    private static final int LAGGING = 10_000;

    /** Before every destination. */
    private static final UUID FIRST = new UUID(0, 0);

    private final JdbcClient jdbc;

    DeliveryTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was read of some lanes.
     *
     * @param claims due now, by destination: those that are due again first, then in the order of
     *     the log
     * @param more lanes in which more may be due than was read
     * @param next when a destination's next retry is due that is not due yet
     */
    record Due(
            Map<DestinationId, List<Claim>> claims,
            Set<DestinationId> more,
            Map<DestinationId, Instant> next) {}

    /**
     * Reads what is due in some lanes of this server: those never tried in the order of the log,
     * and up to a quarter as many that are due again. Touches no lane that is not named, so a
     * backlog elsewhere costs nothing.
     *
     * @param wanted how many to read, by destination
     */
    Due dueOfAnyMerchant(Nodes.Registration me, Map<DestinationId, Integer> wanted, Instant now) {
        List<Map.Entry<DestinationId, Integer>> lanes = List.copyOf(wanted.entrySet());
        Due due = new Due(new HashMap<>(), new HashSet<>(), new HashMap<>());
        jdbc.sql(
                        """
                        select due.destination_id, due.merchant_id, due.seq, due.event_id, due.step,
                            due.queued_at, due.due_at, event.session_id, event.body
                        from unnest(:destinations::uuid[], :limits::int[], :retries::int[])
                                as wanted (id, size, retries)
                            join lane on lane.destination_id = wanted.id
                                and lane.owner = :me and lane.fence = :fence
                            cross join lateral (
                                (select * from delivery
                                    where destination_id = wanted.id and status = 'PENDING'
                                        and step > 0 and due_at <= :now
                                    order by due_at limit wanted.retries)
                                union all
                                (select * from delivery
                                    where destination_id = wanted.id and status = 'PENDING'
                                        and step > 0 and due_at > :now
                                    order by due_at limit 1)
                                union all
                                (select * from delivery
                                    where destination_id = wanted.id and status = 'PENDING'
                                        and step = 0
                                    order by seq limit wanted.size)
                            ) due
                            join event on event.event_id = due.event_id
                        order by due.step = 0, due.seq
                        """)
                .param("me", me.node())
                .param("fence", me.fence())
                .param("now", Sql.at(now))
                .param("destinations", Sql.column(lanes, Map.Entry::getKey))
                .param("limits", Sql.column(lanes, Map.Entry::getValue))
                .param("retries", Sql.column(lanes, lane -> retries(lane.getValue())))
                .query(row -> {
                    Claim claim = claim(row);
                    Instant dueAt = Sql.instant(row, "due_at");
                    if (claim.step() > 0 && dueAt.isAfter(now)) {
                        due.next().put(claim.destinationId(), dueAt);
                    } else {
                        due.claims()
                                .computeIfAbsent(claim.destinationId(), id -> new ArrayList<>())
                                .add(claim);
                    }
                });
        due.claims()
                .forEach((destination, claims) -> {
                    int size = wanted.getOrDefault(destination, 0);
                    long again = claims.stream().filter(claim -> claim.step() > 0).count();
                    if (again >= retries(size) || claims.size() - again >= size) {
                        due.more().add(destination);
                    }
                });
        return due;
    }

    private static int retries(int size) {
        return (size + 3) / 4;
    }

    /**
     * Destinations with a delivery that was never tried, behind {@code after} in the order of their
     * ids; fewer than {@code limit} when they are the last.
     */
    List<DestinationId> waitingOfAnyMerchant(@Nullable DestinationId after, int limit) {
        return jdbc.sql(WAITING + "select destination_id from waiting order by nth")
                .param("after", after == null ? FIRST : after.value())
                .param("limit", limit)
                .query((row, n) -> new DestinationId(Sql.uuid(row, "destination_id")))
                .list();
    }

    /**
     * How long the delivery that was never tried and is queued the longest has waited, in lanes
     * that are not resting; zero for none. Three index probes for each lane in which one waits, of
     * up to {@link #LAGGING} lanes.
     */
    Duration lagOfAnyMerchant(Instant now) {
        return jdbc.sql(
                        WAITING
                                + """
                                select least(coalesce(min(first.queued_at), :now), :now) as since
                                from waiting
                                    join lane on lane.destination_id = waiting.destination_id
                                        and lane.resume_at is null
                                    join destination on destination.enabled
                                        and destination.destination_id = waiting.destination_id
                                    cross join lateral (
                                        select queued_at from delivery
                                        where destination_id = waiting.destination_id
                                            and status = 'PENDING' and step = 0
                                        order by seq limit 1
                                    ) first
                                """)
                .param("now", Sql.at(now))
                .param("after", FIRST)
                .param("limit", LAGGING)
                .query((row, n) -> Duration.between(Sql.instant(row, "since"), now))
                .single();
    }

    private static Claim claim(ResultSet row) throws SQLException {
        return new Claim(
                new DestinationId(Sql.uuid(row, "destination_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                row.getLong("seq"),
                Sql.text(row, "event_id"),
                Sql.uuidOrNull(row, "session_id"),
                row.getInt("step"),
                Sql.instant(row, "queued_at"),
                Sql.text(row, "body"));
    }

    /** What is logged of a try. */
    private static final SqlRows<Done> LOGGED =
            SqlRows.<Done>named("tried")
                    .column("destination_id", "uuid", done -> done.claim.destinationId())
                    .column("seq", "bigint", done -> done.claim.seq())
                    .column("merchant_id", "text", done -> done.claim.merchantId())
                    .column("started_at", "timestamptz", done -> done.tried.startedAt())
                    .column("duration_ms", "int", done -> done.tried.took().toMillis())
                    .column("status", "int", done -> done.tried.status())
                    .column("error", "text", done -> done.tried.error())
                    .column("answer", "text", done -> done.tried.answer());

    private static final SqlRows<Done> TRIED =
            LOGGED.column("treatment", "text", done -> done.treatment.status())
                    .column("next_try", "timestamptz", done -> done.treatment.nextTry())
                    .column("queued_at", "timestamptz", done -> done.claim.queuedAt())
                    .column("step", "int", done -> done.claim.step());

    private static final SqlStatement FINISH =
            SqlStatement.of(
                    """
                    with tried as (select * from %s),
                    moved as (
                        update delivery set status = tried.treatment,
                            attempts = attempts + 1,
                            step = case when tried.error is null then delivery.step
                                else delivery.step + 1 end,
                            due_at = coalesce(tried.next_try, due_at),
                            last_status = tried.status, last_error = tried.error,
                            finished_at = case when tried.treatment = 'PENDING'
                                then null else tried.started_at end
                        from tried
                        where delivery.destination_id = tried.destination_id
                            and delivery.seq = tried.seq
                            and delivery.status = 'PENDING'
                            and delivery.queued_at = tried.queued_at
                            and delivery.step = tried.step
                    ),
                    overtaken as (
                        update delivery set attempts = attempts + 1
                        from tried
                        where delivery.destination_id = tried.destination_id
                            and delivery.seq = tried.seq
                            and delivery.queued_at > tried.queued_at
                    )
                    """
                            .formatted(TRIED.table()),
                    List.of(),
                    "insert into delivery_attempt (%s) select %s from tried on conflict do nothing"
                            .formatted(LOGGED.columns(), LOGGED.values()));

    /** A try that is over and what becomes of its delivery. */
    record Done(Claim claim, DeliveryAttempt tried, DeliveryDecision treatment) {}

    /**
     * Writes down many tries in one statement: what became of the deliveries, and the log. A
     * delivery that another server has ended meanwhile stays as it is, and one that somebody queued
     * anew is tried anew: a try decides only what it was made for. It is logged all the same.
     */
    void finishOfAnyMerchant(List<Done> batch) {
        // In one order everywhere, so that two servers never wait for each other.
        List<Done> done = new ArrayList<>(batch);
        done.sort(
                Comparator.comparing((Done d) -> d.claim.destinationId().value())
                        .thenComparingLong(d -> d.claim.seq()));
        var _ = FINISH.bind(jdbc, parameters -> TRIED.bind(parameters, done)).update();
    }

    /**
     * Ends up to {@link #BATCH} deliveries, of a destination that is not being sent to, that were
     * queued too long ago. The oldest come first, so only they are looked at.
     */
    int giveUpOfAnyMerchant(Instant queuedBefore, Instant now) {
        return jdbc.sql(
                        """
                        with old as (
                            select oldest.destination_id, oldest.seq
                            from lane cross join lateral (
                                (select destination_id, seq, queued_at from delivery
                                    where destination_id = lane.destination_id
                                        and status = 'PENDING' and step = 0
                                    order by seq limit :batch)
                                union all
                                (select destination_id, seq, queued_at from delivery
                                    where destination_id = lane.destination_id
                                        and status = 'PENDING' and step > 0
                                    order by due_at limit :batch)
                            ) oldest
                            where oldest.queued_at < :queued_before
                            limit :batch
                        )
                        update delivery set status = 'FAILED', finished_at = :now
                        from old
                        where delivery.destination_id = old.destination_id
                            and delivery.seq = old.seq and delivery.status = 'PENDING'
                        """)
                .param("queued_before", Sql.at(queuedBefore))
                .param("now", Sql.at(now))
                .param("batch", BATCH)
                .update();
    }

    /**
     * Deletes up to {@link #BATCH} deliveries of destinations that are gone: written by an event's
     * statement while the destination was being deleted. Answers how many.
     */
    int forgetOrphansOfAnyMerchant(Collection<DestinationId> destinations) {
        return jdbc.sql(
                        """
                        with orphan as (
                            select delivery.ctid from delivery
                            where destination_id = any(:destinations::uuid[]) and not exists (
                                select from destination
                                where destination.destination_id = delivery.destination_id)
                            limit :batch
                        )
                        delete from delivery using orphan where delivery.ctid = orphan.ctid
                        """)
                .param("destinations", Sql.array(destinations))
                .param("batch", BATCH)
                .update();
    }

    /** Forgets tries of before; returns how many, at most {@link #BATCH}. */
    int forgetAttemptsOfAnyMerchant(Instant before) {
        return jdbc.sql(
                        """
                        delete from delivery_attempt where ctid = any(array(
                            select ctid from delivery_attempt where started_at < :before limit :batch))
                        """)
                .param("before", Sql.at(before))
                .param("batch", BATCH)
                .update();
    }
}
