package dev.kassa.push;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * How far each session has come on its way to the screen: when it was first written to the device's
 * stream, and when the device first showed it. For people who look into a complaint; nothing is
 * decided by it but whether to wake a sleeping device.
 */
@Component
public final class PushProgress implements Worker {
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private record Pushed(MerchantId merchant, Instant at) {}

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Map<SessionId, Pushed> unwritten = new ConcurrentHashMap<>();

    PushProgress(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * The session was written to its device's stream. Kept in memory and written with others a
     * moment later: a server that is killed in between forgets it.
     */
    public void pushed(MerchantId merchant, SessionId session) {
        var _ = unwritten.putIfAbsent(session, new Pushed(merchant, Sql.now(clock)));
    }

    /** The device shows the session. The first time counts, however often this is called. */
    public void shown(MerchantId merchant, SessionId session) {
        var _ =
                jdbc.sql(
                                """
                                insert into session_push (session_id, merchant_id, shown_at)
                                values (:session_id, :merchant_id, :now)
                                on conflict (session_id) do update set shown_at = excluded.shown_at
                                where session_push.merchant_id = excluded.merchant_id
                                    and session_push.shown_at is null
                                """)
                        .param("session_id", session.value())
                        .param("merchant_id", merchant.value())
                        .param("now", Sql.at(Sql.now(clock)))
                        .update();
    }

    @Override
    public String name() {
        return "pushes";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Writes what was pushed since the last time, in one statement. */
    @Override
    public void runOnce() {
        if (unwritten.isEmpty()) {
            return;
        }
        Map<SessionId, Pushed> batch = Map.copyOf(unwritten);
        Set<Map.Entry<SessionId, Pushed>> rows = batch.entrySet();
        // In one order on every node, so that two nodes never wait for each other.
        var _ =
                jdbc.sql(
                                """
                                insert into session_push (session_id, merchant_id, pushed_at)
                                select * from unnest(:sessions::uuid[], :merchants::text[],
                                    :times::timestamptz[]) as pushed (session_id, merchant_id, pushed_at)
                                order by session_id
                                on conflict (session_id) do update set pushed_at = excluded.pushed_at
                                where session_push.pushed_at is null
                                """)
                        .param("sessions", Sql.column(rows, Map.Entry::getKey))
                        .param("merchants", Sql.column(rows, row -> row.getValue().merchant()))
                        .param("times", Sql.column(rows, row -> row.getValue().at()))
                        .update();
        batch.forEach(unwritten::remove);
    }
}
