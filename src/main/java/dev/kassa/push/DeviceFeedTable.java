package dev.kassa.push;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the event log as the inbox of a device. */
@Component
final class DeviceFeedTable {
    private final JdbcClient jdbc;

    DeviceFeedTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Nothing is read for a token that is no longer the device's. */
    List<DeviceFeed.Message> after(DeviceFeed.Listener listener, long seq, int limit) {
        return jdbc.sql(
                        """
                        select event.seq, event.session_id, event.occurred_at
                        from event
                        where merchant_id = :merchant_id and device_id = :device_id
                            and seq > :seq
                            and (select token_hash = :token_hash and deregistered_at is null
                                from device
                                where merchant_id = :merchant_id and device_id = :device_id)
                        order by event.seq limit :limit
                        """)
                .param("merchant_id", listener.merchant().value())
                .param("device_id", listener.device().value())
                .param("token_hash", listener.tokenHash())
                .param("seq", seq)
                .param("limit", limit)
                .query((row, n) ->
                        new DeviceFeed.Message(
                                row.getLong("seq"),
                                new SessionId(Sql.uuid(row, "session_id")),
                                Sql.instant(row, "occurred_at")))
                .list();
    }

    long head(MerchantId merchant, DeviceId device) {
        return jdbc.sql(
                        """
                        select coalesce(max(seq), 0) from event
                        where merchant_id = :merchant_id and device_id = :device_id
                        """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .query(Long.class)
                .single();
    }

    /**
     * How a device that is still registered stands.
     *
     * @param head its newest sequence number; 0 when nothing ever happened
     */
    record StreamState(String tokenHash, long streamNumber, long head) {}

    /** Of each device that is still registered; three index probes each, in one statement. */
    Map<DeviceId, StreamState> standingsOfAnyMerchant(Collection<DeviceId> devices) {
        Map<DeviceId, StreamState> standings = new HashMap<>();
        jdbc.sql(
                        """
                        select device.device_id, device.token_hash,
                            coalesce(presence.stream_no, 0) as stream_no, coalesce(head, 0) as head
                        from unnest(:devices::uuid[]) as d (device_id)
                        join device on device.device_id = d.device_id and deregistered_at is null
                        left join device_presence presence on presence.device_id = d.device_id
                        cross join lateral
                            (select max(seq) as head from event where event.device_id = d.device_id) h
                        """)
                .param("devices", Sql.array(devices))
                .query(row -> {
                    standings.put(
                            new DeviceId(Sql.uuid(row, "device_id")),
                            new StreamState(
                                    Sql.text(row, "token_hash"),
                                    row.getLong("stream_no"),
                                    row.getLong("head")));
                });
        return standings;
    }

    /** As an array parameter. */
}
