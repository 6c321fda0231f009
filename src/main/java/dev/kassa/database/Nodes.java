package dev.kassa.database;

import dev.kassa.kernel.Limits;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table node: the servers that run on this database, and when each last wrote to it. This is
 * the only registry and the only heartbeat: {@link Readiness} beats once a second, and whoever
 * wants to know whether a server is alive asks {@link #isAlive}.
 *
 * <p>A server registers with its first beat, when it begins its background work and not before,
 * since the others then leave it its share. It draws its {@link Registration#fence fencing number}.
 * If it was silent for {@link Limits#NODE_SILENCE}, others may have taken over what it had, whether
 * they did or not; its next beat then registers it anew, under the same id and with a higher
 * number. What was taken under the former number is no longer its own, and a late write in the name
 * of that number changes nothing.
 *
 * <p>The number is compared in the table lane, on every read and write of an owner. An idempotency
 * key needs none: its answer is kept under the moment at which it was taken. Nor does a stream: its
 * own number says which is the newest.
 */
@Component
public final class Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(Nodes.class);

    /** For so long a dead one is kept, for those who note when it was last seen. */
    private static final Duration KEPT = Duration.ofHours(1);

    private static final String NEWEST_MIGRATION =
            """
            (select case when bool_and(success) then max(version::int) else 0 end
                from flyway_schema_history where version is not null)
            """;

    private final UUID me = UUID.randomUUID();
    private final JdbcClient jdbc;
    private final InstantSource clock;
    private volatile Registration registration = new Registration(me, 0);
    private boolean retired;

    Nodes(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * A server in one of its lives.
     *
     * @param node its id, another one after each start
     * @param fence higher than those of all registrations before; 0 before the first beat
     */
    public record Registration(UUID node, long fence) {}

    /**
     * SQL of whether a node has given a sign of life within a time, by the database's clock; both
     * are SQL themselves, the time as ISO 8601 has it. No node at all is not alive.
     */
    public static String isAlive(String node, String silence) {
        return " exists (select from node where node.node_id = %s and %s) "
                .formatted(node, isNotSilent(silence));
    }

    /**
     * The same, and whether it is still registered under this fencing number.
     *
     * <p>Until the next release, a server of the version before is alive under its id in
     * webhook_node, whatever the number.
     */
    public static String isAlive(String node, String fence, String silence) {
        return """
        (exists (select from node where node.node_id = %1$s and node.fence = %2$s and %3$s)
            or exists (select from webhook_node where webhook_node.node_id = %1$s and %4$s))
        """
                .formatted(node, fence, isNotSilent(silence), isOlderAndNotSilent(silence));
    }

    /** SQL of whether the row of the table node is that of one that is alive. */
    public static String isNotSilent(String silence) {
        return " node.alive_at > clock_timestamp() - (%s)::interval ".formatted(silence);
    }

    /** Until the next release: a row of webhook_node that no server of this version wrote. */
    private static String isOlderAndNotSilent(String silence) {
        return """
        webhook_node.seen_at > clock_timestamp() - (%s)::interval
            and not exists (select from node where node.node_id = webhook_node.node_id)
        """
                .formatted(silence);
    }

    /** This server's id among those on the database; another one after each start. */
    public UUID me() {
        return me;
    }

    /** Under what this server is registered; another one after it was held for dead. */
    public Registration registration() {
        return registration;
    }

    /**
     * The other servers that are alive.
     *
     * @param at when this was so, by the database's clock
     */
    public record Others(Instant at, Set<UUID> nodes) {}

    /** The other servers that gave a sign of life within this time. */
    public Others others(Duration silence) {
        // Until the next release: a row without a fence is a second one of a server of the version
        // before, which is counted by its row in webhook_node.
        return jdbc.sql(
                        """
                        select clock_timestamp() as at, array(
                            select node_id from node
                            where node_id <> :me and fence is not null and %s
                            union all select node_id from webhook_node where %s) as others
                        """
                                .formatted(
                                        isNotSilent(":silence"), isOlderAndNotSilent(":silence")))
                .param("me", me)
                .param("silence", silence.toString())
                .query((row, n) ->
                        new Others(
                                Sql.instant(row, "at"),
                                Stream.of((UUID[]) row.getArray("others").getArray())
                                        .collect(Collectors.toUnmodifiableSet())))
                .single();
    }

    /** How far the clock of each server that is alive is ahead of the database's, by its id. */
    public Map<UUID, Duration> clocks() {
        Map<UUID, Duration> ahead = new HashMap<>();
        jdbc.sql(
                        "select node_id, clock_ahead_ms from node where clock_ahead_ms is not null and"
                                + isNotSilent(":silence"))
                .param("silence", Limits.NODE_SILENCE.toString())
                .query(row -> {
                    ahead.put(
                            row.getObject("node_id", UUID.class),
                            Duration.ofMillis(row.getLong("clock_ahead_ms")));
                });
        return ahead;
    }

    /** The number of the newest migration of the database, 0 if one failed. */
    int newestMigration() {
        return jdbc.sql("select " + NEWEST_MIGRATION).query(Integer.class).single();
    }

    /**
     * Writes that this server is alive, by the database's clock, so that the nodes' own may differ.
     * One that is not registered, or was silent for too long, registers.
     *
     * @return the newest migration, 0 if one failed
     */
    int beat() {
        record Beat(boolean registered, int version) {}
        // Until the next release: servers of the version before go by webhook_node.
        Beat beat =
                jdbc.sql(
                                """
                                with beat as (
                                    update node set alive_at = clock_timestamp(), clock_ahead_ms =
                                        1000 * extract(epoch from :now - clock_timestamp())
                                    where node_id = :me and fence = :fence
                                        and alive_at > clock_timestamp() - :silence::interval
                                    returning node_id
                                ),
                                for_older_servers as (
                                    insert into webhook_node (node_id, seen_at)
                                    select node_id, clock_timestamp() from beat
                                    on conflict (node_id) do update set seen_at = excluded.seen_at
                                )
                                select exists (select from beat) as registered,
                                """
                                        + NEWEST_MIGRATION
                                        + " as version")
                        .param("me", me)
                        .param("fence", registration.fence())
                        .param("silence", Limits.NODE_SILENCE.toString())
                        .param("now", Sql.at(clock.instant()))
                        .query((row, n) ->
                                new Beat(row.getBoolean("registered"), row.getInt("version")))
                        .single();
        if (!beat.registered()) {
            register();
        }
        return beat.version();
    }

    /** One at a time: of two beats that both came too late, the second finds it registered. */
    private synchronized void register() {
        if (retired) {
            return;
        }
        long fence =
                jdbc.sql(
                                """
                                with forgotten as (
                                    delete from node where node_id in (
                                        select node_id from node where node_id <> :me
                                            and alive_at < clock_timestamp() - :kept::interval
                                        for update skip locked)
                                ),
                                forgotten_older as (
                                    delete from webhook_node where node_id in (
                                        select node_id from webhook_node where node_id <> :me
                                            and seen_at < clock_timestamp() - :kept::interval
                                        for update skip locked)
                                ),
                                for_older_servers as (
                                    insert into webhook_node (node_id, seen_at)
                                    values (:me, clock_timestamp())
                                    on conflict (node_id) do update set seen_at = excluded.seen_at
                                )
                                insert into node as known (node_id, started_at, alive_at, fence)
                                values (:me, clock_timestamp(), clock_timestamp(),
                                    nextval('node_fence'))
                                on conflict (node_id) do update set alive_at = excluded.alive_at,
                                    fence = case
                                        when known.alive_at
                                            > clock_timestamp() - :silence::interval
                                        then known.fence else excluded.fence end
                                returning fence
                                """)
                        .param("me", me)
                        .param("kept", KEPT.toString())
                        .param("silence", Limits.NODE_SILENCE.toString())
                        .query(Long.class)
                        .single();
        if (registration.fence() != 0 && registration.fence() != fence) {
            LOG.warn(
                    "This server gave no sign of life for {}: others may have taken over its work",
                    Limits.NODE_SILENCE);
        }
        registration = new Registration(me, fence);
    }

    /** Takes this server off the registry at once: it stops. No later beat brings it back. */
    public synchronized void retire() {
        boolean registered = !retired && registration.fence() != 0;
        retired = true;
        if (registered) {
            var _ =
                    jdbc.sql(
                                    """
                                    with for_older_servers as (
                                        delete from webhook_node where node_id = :me)
                                    delete from node where node_id = :me
                                    """)
                            .param("me", me)
                            .update();
        }
    }

    @PreDestroy
    void stop() {
        try {
            retire();
        } catch (DataAccessException e) {
            LOG.debug("The database is gone already; the others will notice", e);
        }
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
