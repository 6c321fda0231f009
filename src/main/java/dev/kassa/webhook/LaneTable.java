package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The tables webhook_node and lane: which server works which destination. Leases and changes are
 * timed by the database's clock, so that the servers' own may differ.
 */
@Component
final class LaneTable {
    private static final String COLUMNS =
            "lane.destination_id, merchant_id, event_types, owner, openings, resume_at, resumes,"
                    + " changed_at, "
                    + DestinationTable.TARGET;

    private static final String ROWS =
            "select " + COLUMNS + " from lane join destination using (destination_id) ";

    private final JdbcClient jdbc;

    LaneTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A lane and its destination as they are now.
     *
     * @param types the types of events that it is sent; null for every documented one
     * @param owner null when no server works it
     * @param resumes how often somebody asked for a try whatever the circuit says
     */
    record Row(
            DestinationId destination,
            MerchantId merchant,
            @Nullable Set<String> types,
            @Nullable UUID owner,
            Target target,
            Circuit circuit,
            long resumes,
            Instant changedAt) {}

    /**
     * What a heartbeat answers.
     *
     * @param at the database's time
     * @param others the other servers that are alive
     */
    record Heartbeat(Instant at, Set<UUID> others) {}

    /** Says that this server is alive; forgets servers that were silent for {@code forgotten}. */
    Heartbeat beat(UUID me, Duration lease, Duration forgotten) {
        return jdbc.sql(
                        """
                        with alive as (
                            insert into webhook_node (node_id, seen_at)
                            values (:me, clock_timestamp())
                            on conflict (node_id) do update set seen_at = clock_timestamp()
                        ),
                        gone as (
                            delete from webhook_node
                            where seen_at < clock_timestamp() - :forgotten * interval '1 ms'
                        )
                        select clock_timestamp() as at, array(
                            select node_id from webhook_node where node_id <> :me
                                and seen_at > clock_timestamp() - :lease * interval '1 ms') as others
                        """)
                .param("me", me)
                .param("lease", lease.toMillis())
                .param("forgotten", forgotten.toMillis())
                .query((row, n) ->
                        new Heartbeat(
                                Sql.instant(row, "at"),
                                Stream.of((UUID[]) row.getArray("others").getArray())
                                        .collect(Collectors.toUnmodifiableSet())))
                .single();
    }

    /** How many lanes there are, of all servers together. */
    int countOfAnyMerchant() {
        return jdbc.sql("select count(*) from lane").query(Integer.class).single();
    }

    /** Takes lanes that nobody works, or whose server is dead; two servers never take the same. */
    List<Row> claimOfAnyMerchant(UUID me, Duration lease, int limit) {
        return jdbc.sql(
                        """
                        with free as (
                            select destination_id from lane
                            where owner is null or not exists (
                                select 1 from webhook_node where node_id = lane.owner
                                    and seen_at > clock_timestamp() - :lease * interval '1 ms')
                            limit :limit for update skip locked
                        ),
                        taken as (
                            update lane set owner = :me, changed_at = clock_timestamp() from free
                            where lane.destination_id = free.destination_id
                            returning lane.*
                        )
                        select
                        """
                                + COLUMNS
                                + " from taken as lane join destination using (destination_id)")
                .param("me", me)
                .param("lease", lease.toMillis())
                .param("limit", limit)
                .query(LaneTable::row)
                .list();
    }

    /** Lanes that changed after {@code since} or, at the same moment, behind {@code last}. */
    List<Row> changedOfAnyMerchant(Instant since, @Nullable DestinationId last, int limit) {
        return jdbc.sql(
                        ROWS
                                + """
                                where (changed_at, lane.destination_id) > (:since,
                                    coalesce(:last::uuid, '00000000-0000-0000-0000-000000000000'))
                                order by changed_at, lane.destination_id limit :limit
                                """)
                .param("since", Sql.at(since))
                .param("last", last == null ? null : last.value())
                .param("limit", limit)
                .query(LaneTable::row)
                .list();
    }

    /** These lanes, as far as there are such. */
    List<Row> ofAnyMerchant(Collection<DestinationId> destinations) {
        return jdbc.sql(ROWS + "where lane.destination_id = any(:destinations::uuid[])")
                .param("destinations", Sql.array(destinations))
                .query(LaneTable::row)
                .list();
    }

    /** The lanes of this server behind {@code last}, in the order of their ids. */
    List<Row> ownedBy(UUID me, @Nullable DestinationId last, int limit) {
        return jdbc.sql(
                        ROWS
                                + """
                                where owner = :me and (:last::uuid is null
                                    or lane.destination_id > :last::uuid)
                                order by lane.destination_id limit :limit
                                """)
                .param("me", me)
                .param("last", last == null ? null : last.value())
                .param("limit", limit)
                .query(LaneTable::row)
                .list();
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        Array types = row.getArray("event_types");
        return new Row(
                new DestinationId(Sql.uuid(row, "destination_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                types == null ? null : Set.copyOf(List.of((String[]) types.getArray())),
                Sql.uuidOrNull(row, "owner"),
                DestinationTable.target(row, n),
                Circuit.restored(row.getInt("openings"), Sql.instantOrNull(row, "resume_at")),
                row.getLong("resumes"),
                Sql.instant(row, "changed_at"));
    }

    /** Leaves lanes to others. */
    void release(UUID me, Collection<DestinationId> destinations) {
        var _ =
                jdbc.sql(
                                """
                                update lane set owner = null, changed_at = clock_timestamp()
                                where destination_id = any(:destinations::uuid[]) and owner = :me
                                """)
                        .param("me", me)
                        .param("destinations", Sql.array(destinations))
                        .update();
    }

    /** Leaves everything to others: this server stops. */
    void retire(UUID me) {
        var _ =
                jdbc.sql(
                                """
                                with gone as (delete from webhook_node where node_id = :me)
                                update lane set owner = null, changed_at = clock_timestamp()
                                where owner = :me
                                """)
                        .param("me", me)
                        .update();
    }

    /** A lane's circuit as its owner has it. */
    record LaneState(DestinationId destination, Circuit circuit) {}

    /** Keeps what the next owners must know. */
    void keep(UUID me, List<LaneState> kept) {
        var _ =
                jdbc.sql(
                                """
                                update lane set openings = kept.openings, resume_at = kept.resume_at
                                from unnest(:destinations::uuid[], :openings::int[],
                                    :resumes_at::timestamptz[])
                                    as kept (destination_id, openings, resume_at)
                                where lane.destination_id = kept.destination_id and owner = :me
                                """)
                        .param("me", me)
                        .param("destinations", Sql.column(kept, LaneState::destination))
                        .param("openings", Sql.column(kept, one -> one.circuit().openings()))
                        .param("resumes_at", Sql.column(kept, one -> one.circuit().resumeAt()))
                        .update();
    }
}
