package dev.kassa.webhook;

import dev.kassa.database.Nodes;
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
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table lane: which server works which destination. Leases and changes are timed by the
 * database's clock, so that the servers' own may differ.
 *
 * <p>A lane names its owner and the owner's fencing number at the time ({@link Nodes}). Whatever an
 * owner reads or writes is guarded by both, so one that was held for dead has no lane, whatever it
 * believes.
 */
@Component
final class LaneTable {
    private static final String COLUMNS =
            "lane.destination_id, merchant_id, event_types, owner, fence, openings, resume_at, resumes,"
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
     * @param fence the owner's fencing number when it took the lane
     * @param resumes how often somebody asked for a try whatever the circuit says
     */
    record Row(
            DestinationId destination,
            MerchantId merchant,
            @Nullable Set<String> types,
            @Nullable UUID owner,
            long fence,
            Target target,
            Circuit circuit,
            long resumes,
            Instant changedAt) {
        boolean isOf(Nodes.Registration server) {
            return server.node().equals(owner) && server.fence() == fence;
        }
    }

    /** How many lanes there are, of all servers together. */
    int countOfAnyMerchant() {
        return jdbc.sql("select count(*) from lane").query(Integer.class).single();
    }

    /**
     * Takes lanes that nobody works, or whose server is dead; two servers never take the same. A
     * server that is held for dead itself takes none.
     */
    List<Row> claimOfAnyMerchant(Nodes.Registration me, Duration lease, int limit) {
        return jdbc.sql(
                        "with free as (select destination_id from lane where"
                                + Nodes.isAlive(":me", ":fence", ":lease")
                                + "and (owner is null or not"
                                + Nodes.isAlive("lane.owner", "lane.fence", ":lease")
                                + """
                                ) limit :limit for update skip locked),
                                taken as (
                                    update lane set owner = :me, fence = :fence,
                                        changed_at = clock_timestamp()
                                    from free where lane.destination_id = free.destination_id
                                    returning lane.*
                                )
                                select
                                """
                                + COLUMNS
                                + " from taken as lane join destination using (destination_id)")
                .param("me", me.node())
                .param("fence", me.fence())
                .param("lease", lease.toString())
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
    List<Row> ownedBy(Nodes.Registration me, @Nullable DestinationId last, int limit) {
        return jdbc.sql(
                        ROWS
                                + """
                                where owner = :me and fence = :fence and (:last::uuid is null
                                    or lane.destination_id > :last::uuid)
                                order by lane.destination_id limit :limit
                                """)
                .param("me", me.node())
                .param("fence", me.fence())
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
                row.getLong("fence"),
                DestinationTable.target(row, n),
                Circuit.restored(row.getInt("openings"), Sql.instantOrNull(row, "resume_at")),
                row.getLong("resumes"),
                Sql.instant(row, "changed_at"));
    }

    /** Leaves lanes to others. */
    void release(Nodes.Registration me, Collection<DestinationId> destinations) {
        var _ =
                jdbc.sql(
                                """
                                update lane set owner = null, changed_at = clock_timestamp()
                                where destination_id = any(:destinations::uuid[])
                                    and owner = :me and fence = :fence
                                """)
                        .param("me", me.node())
                        .param("fence", me.fence())
                        .param("destinations", Sql.array(destinations))
                        .update();
    }

    /** Leaves everything to others: this server stops. */
    void retire(Nodes.Registration me) {
        var _ =
                jdbc.sql(
                                """
                                update lane set owner = null, changed_at = clock_timestamp()
                                where owner = :me and fence = :fence
                                """)
                        .param("me", me.node())
                        .param("fence", me.fence())
                        .update();
    }

    /** A lane's circuit as the server has it that took the lane under this fencing number. */
    record LaneState(DestinationId destination, long fence, Circuit circuit) {}

    /** Keeps what the next owners must know, of the lanes that are still this server's. */
    void keep(UUID me, List<LaneState> kept) {
        var _ =
                jdbc.sql(
                                """
                                update lane set openings = kept.openings, resume_at = kept.resume_at
                                from unnest(:destinations::uuid[], :fences::bigint[],
                                    :openings::int[], :resumes_at::timestamptz[])
                                    as kept (destination_id, fence, openings, resume_at)
                                where lane.destination_id = kept.destination_id
                                    and lane.owner = :me and lane.fence = kept.fence
                                """)
                        .param("me", me)
                        .param("destinations", Sql.column(kept, LaneState::destination))
                        .param("fences", Sql.column(kept, LaneState::fence))
                        .param("openings", Sql.column(kept, one -> one.circuit().openings()))
                        .param("resumes_at", Sql.column(kept, one -> one.circuit().resumeAt()))
                        .update();
    }
}
