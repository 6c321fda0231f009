package dev.kassa.database;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table node: the servers that run on this database, and when each last wrote to it. */
@Component
public final class Nodes {
    private final UUID me = UUID.randomUUID();
    private final JdbcClient jdbc;

    Nodes(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * SQL of whether a node has given a sign of life within a time, by the database's clock; both
     * are SQL themselves. No node at all is not alive.
     */
    public static String isAlive(String node, String silence) {
        return " exists (select from node where node_id = "
                + node
                + " and alive_at > clock_timestamp() - "
                + silence
                + ") ";
    }

    /** This server's id among those on the database; another one after each start. */
    public UUID me() {
        return me;
    }

    /**
     * Writes that this server is alive, by the database's clock, so that the nodes' own may differ.
     *
     * @return the newest migration, 0 if one failed
     */
    public int beat() {
        return jdbc.sql(
                        """
                        with beat as (
                            insert into node (node_id, started_at, alive_at)
                            values (:node_id, clock_timestamp(), clock_timestamp())
                            on conflict (node_id) do update set alive_at = excluded.alive_at
                        )
                        select case when bool_and(success) then max(version::int) else 0 end
                        from flyway_schema_history where version is not null
                        """)
                .param("node_id", me)
                .query(Integer.class)
                .single();
    }

    /** Writes some 200 KB that are gone at once, so that a disk without room refuses. */
    void needRoom() {
        var _ =
                jdbc.sql(
                                """
                                create temporary table kassa_room on commit drop as
                                select repeat(md5(n::text), 32) as filling from generate_series(1, 200) n
                                """)
                        .update();
    }
}
