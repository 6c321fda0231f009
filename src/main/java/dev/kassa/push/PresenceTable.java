package dev.kassa.push;

import dev.kassa.database.Nodes;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table device_presence, which goes by the sign of life of each node. */
@Component
final class PresenceTable {
    private final JdbcClient jdbc;

    PresenceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The number is drawn under the row's lock, so the highest one is the last that was opened. */
    long open(MerchantId merchant, DeviceId device, UUID node, Instant now) {
        return jdbc.sql(
                        """
                        insert into device_presence as presence (device_id, merchant_id, stream_no,
                            node_id, connected_at, last_seen_at)
                        values (:device_id, :merchant_id, nextval('device_stream_no'), :node_id, :now,
                            :now)
                        on conflict (device_id) do update set
                            stream_no = nextval('device_stream_no'), node_id = excluded.node_id,
                            connected_at = excluded.connected_at,
                            last_seen_at = excluded.last_seen_at
                        returning stream_no
                        """)
                .param("device_id", device.value())
                .param("merchant_id", merchant.value())
                .param("node_id", node)
                .param("now", Sql.at(now))
                .query(Long.class)
                .single();
    }

    void close(MerchantId merchant, DeviceId device, long number, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                update device_presence set node_id = null, last_seen_at = :now
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and stream_no = :stream_no
                                """)
                        .param("merchant_id", merchant.value())
                        .param("device_id", device.value())
                        .param("stream_no", number)
                        .param("now", Sql.at(now))
                        .update();
    }

    /**
     * Notes of the streams of nodes that were silent for {@code silence} when they were last seen.
     * A stream counts as open only while its node is alive, so one that was merely slow has its
     * streams back with its next beat.
     */
    void sweepOfAnyMerchant(Duration silence) {
        var _ =
                jdbc.sql(
                                """
                                update device_presence set last_seen_at = node.alive_at
                                from node
                                where device_presence.node_id = node.node_id
                                    and device_presence.last_seen_at < node.alive_at and not
                                """
                                        + Nodes.isNotSilent(":silence"))
                        .param("silence", silence.toString())
                        .update();
    }

    void stopped(UUID node, Instant now) {
        var _ =
                jdbc.sql(
                                """
                                update device_presence set node_id = null, last_seen_at = :now
                                where node_id = :node_id
                                """)
                        .param("node_id", node)
                        .param("now", Sql.at(now))
                        .update();
    }
}
