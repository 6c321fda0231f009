package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables delivery and delivery_attempt as a queue, worked off for all merchants together. */
@Component
final class DeliveryTable {
    /** Seconds that a statement may take that cleans up. */
    private static final int BATCH = 1000;

    private final JdbcClient jdbc;

    DeliveryTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Reads what is due in some lanes of this server: those never tried in the order of the log,
     * and up to a quarter as many that are due again. Touches no lane that is not named, so a
     * backlog elsewhere costs nothing.
     *
     * @param wanted how many to read, by destination
     */
    List<Claim> dueOfAnyMerchant(UUID me, Map<DestinationId, Integer> wanted, Instant now) {
        List<Map.Entry<DestinationId, Integer>> lanes = List.copyOf(wanted.entrySet());
        return jdbc.sql(
                        """
                        select due.destination_id, due.merchant_id, due.seq, due.event_id, due.step,
                            due.queued_at, event.session_id, event.body
                        from unnest(:destinations::uuid[], :limits::int[]) as wanted (id, size)
                            join lane on lane.destination_id = wanted.id and lane.owner = :me
                            cross join lateral (
                                (select * from delivery
                                    where destination_id = wanted.id and status = 'PENDING'
                                        and step > 0 and due_at <= :now
                                    order by due_at limit (wanted.size + 3) / 4)
                                union all
                                (select * from delivery
                                    where destination_id = wanted.id and status = 'PENDING'
                                        and step = 0
                                    order by seq limit wanted.size)
                            ) due
                            join event on event.event_id = due.event_id
                        order by due.step = 0, due.seq
                        """)
                .param("me", me)
                .param("now", Sql.at(now))
                .param("destinations", texts(lanes, lane -> lane.getKey().toString()))
                .param("limits", texts(lanes, lane -> lane.getValue().toString()))
                .query(DeliveryTable::claim)
                .list();
    }

    /**
     * How long the delivery that was never tried and is queued the longest has waited, in lanes
     * that are not resting; zero for none. One index probe for each lane.
     */
    Duration lagOfAnyMerchant(Instant now) {
        return jdbc.sql(
                        """
                        select least(coalesce(min(first.queued_at), :now), :now) as since
                        from lane join destination using (destination_id)
                            cross join lateral (
                                select queued_at from delivery
                                where destination_id = lane.destination_id and status = 'PENDING'
                                    and step = 0
                                order by seq limit 1
                            ) first
                        where lane.resume_at is null and destination.enabled
                        """)
                .param("now", Sql.at(now))
                .query((row, n) -> Duration.between(Sql.instant(row, "since"), now))
                .single();
    }

    private static Claim claim(ResultSet row, int n) throws SQLException {
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

    private static <T> String[] texts(List<T> list, Function<T, @Nullable String> part) {
        return list.stream().map(part).toArray(String[]::new);
    }

    /** A try that is over and what becomes of its delivery. */
    record Done(Claim claim, Try tried, Treatment treatment) {}

    /**
     * Writes down many tries in one statement: what became of the deliveries, and the log. A
     * delivery that another server has ended meanwhile stays as it is; the try is logged all the
     * same.
     */
    void finishOfAnyMerchant(List<Done> batch) {
        // In one order everywhere, so that two servers never wait for each other.
        List<Done> done = new ArrayList<>(batch);
        done.sort(
                Comparator.comparing((Done d) -> d.claim.destinationId().value())
                        .thenComparingLong(d -> d.claim.seq()));
        var _ =
                jdbc.sql(
                                """
                                with tried as (
                                    select * from unnest(:destinations::uuid[], :seqs::bigint[],
                                        :merchants::text[], :treatments::text[],
                                        :next_tries::timestamptz[], :starts::timestamptz[],
                                        :durations::int[], :statuses::int[], :errors::text[],
                                        :answers::text[])
                                    as t (destination_id, seq, merchant_id, treatment, next_try,
                                        started_at, duration_ms, status, error, answer)
                                ),
                                moved as (
                                    update delivery set status = tried.treatment,
                                        attempts = attempts + 1,
                                        step = case when tried.error is null then step
                                            else step + 1 end,
                                        due_at = coalesce(tried.next_try, due_at),
                                        last_status = tried.status, last_error = tried.error,
                                        finished_at = case when tried.treatment = 'PENDING'
                                            then null else tried.started_at end
                                    from tried
                                    where delivery.destination_id = tried.destination_id
                                        and delivery.seq = tried.seq
                                        and delivery.status = 'PENDING'
                                )
                                insert into delivery_attempt (destination_id, seq, started_at,
                                    merchant_id, duration_ms, status, error, answer)
                                select destination_id, seq, started_at, merchant_id, duration_ms,
                                    status, error, answer
                                from tried on conflict do nothing
                                """)
                        .param("destinations", texts(done, d -> d.claim.destinationId().toString()))
                        .param("seqs", texts(done, d -> Long.toString(d.claim.seq())))
                        .param("merchants", texts(done, d -> d.claim.merchantId().value()))
                        .param("treatments", texts(done, d -> d.treatment.status()))
                        .param("next_tries", texts(done, d -> text(d.treatment.nextTry())))
                        .param("starts", texts(done, d -> text(d.tried.startedAt())))
                        .param("durations", texts(done, d -> "" + d.tried.took().toMillis()))
                        .param("statuses", texts(done, d -> text(d.tried.status())))
                        .param("errors", texts(done, d -> d.tried.error()))
                        .param("answers", texts(done, d -> d.tried.answer()))
                        .update();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
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
