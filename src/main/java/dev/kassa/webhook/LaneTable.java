package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables webhook_node and lane: which server works which destination. */
@Component
final class LaneTable {
    private final JdbcClient jdbc;

    LaneTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A lane of this server and its destination as it is now. */
    record Row(DestinationId destination, Target target, Circuit circuit) {}

    /** Says that this server is alive. */
    void heartbeat(UUID me, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                insert into webhook_node (node_id, seen_at) values (:me, :now)
                                on conflict (node_id) do update set seen_at = excluded.seen_at
                                """)
                        .param("me", me)
                        .param("now", Sql.at(now))
                        .update();
    }

    /** How many lanes are a fair share: all of them over the servers that are alive. */
    int share(Instant aliveSince) {
        return jdbc.sql(
                        """
                        select ceil((select count(*) from lane)::numeric / greatest(1,
                            (select count(*) from webhook_node where seen_at > :alive_since)))
                        """)
                .param("alive_since", Sql.at(aliveSince))
                .query(Integer.class)
                .single();
    }

    /** Takes lanes that nobody works, or whose server is dead; two servers never take the same. */
    int claimOfAnyMerchant(UUID me, Instant aliveSince, int limit) {
        return jdbc.sql(
                        """
                        with free as (
                            select destination_id from lane
                            where owner is null or not exists (
                                select 1 from webhook_node
                                where node_id = lane.owner and seen_at > :alive_since)
                            limit :limit for update skip locked
                        )
                        update lane set owner = :me from free
                        where lane.destination_id = free.destination_id
                        """)
                .param("me", me)
                .param("alive_since", Sql.at(aliveSince))
                .param("limit", limit)
                .update();
    }

    /** The lanes of this server. */
    List<Row> ownedBy(UUID me) {
        return jdbc.sql(
                        "select lane.destination_id, openings, resume_at, "
                                + DestinationTable.TARGET
                                + " from lane join destination using (destination_id)"
                                + " where owner = :me")
                .param("me", me)
                .query(LaneTable::row)
                .list();
    }

    private static Row row(ResultSet row, int n) throws SQLException {
        return new Row(
                new DestinationId(Sql.uuid(row, "destination_id")),
                DestinationTable.target(row, n),
                Circuit.restored(row.getInt("openings"), Sql.instantOrNull(row, "resume_at")));
    }

    /** Leaves a lane to others. */
    void release(UUID me, DestinationId destination) {
        var _ =
                jdbc.sql(
                                """
                                update lane set owner = null
                                where destination_id = :destination_id and owner = :me
                                """)
                        .param("me", me)
                        .param("destination_id", destination.value())
                        .update();
    }

    /** Leaves everything to others: this server stops. */
    void retire(UUID me) {
        var _ =
                jdbc.sql(
                                """
                                with gone as (delete from webhook_node where node_id = :me)
                                update lane set owner = null where owner = :me
                                """)
                        .param("me", me)
                        .update();
    }

    /** Forgets servers that were not seen since. */
    void forgetNodes(Instant before) {
        var _ =
                jdbc.sql("delete from webhook_node where seen_at < :before")
                        .param("before", Sql.at(before))
                        .update();
    }

    /** Keeps what the next owner must know. */
    void keep(UUID me, DestinationId destination, Circuit circuit) {
        var _ =
                jdbc.sql(
                                """
                                update lane set openings = :openings, resume_at = :resume_at::timestamptz
                                where destination_id = :destination_id and owner = :me
                                """)
                        .param("me", me)
                        .param("destination_id", destination.value())
                        .param("openings", circuit.openings())
                        .param("resume_at", Sql.atOrNull(circuit.resumeAt()))
                        .update();
    }
}
