package dev.kassa.push;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the event log as the inbox of a device. */
@Component
final class InboxTable {
    private final JdbcClient jdbc;

    InboxTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    List<Inbox.Message> after(MerchantId merchant, DeviceId device, long seq, int limit) {
        return jdbc.sql(
                        """
                        select seq, session_id from event
                        where merchant_id = :merchant_id and device_id = :device_id and seq > :seq
                        order by seq limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .param("seq", seq)
                .param("limit", limit)
                .query((row, n) ->
                        new Inbox.Message(
                                row.getLong("seq"), new SessionId(Sql.uuid(row, "session_id"))))
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
     * The newest sequence number of each device that is still registered; two index probes each.
     */
    Map<DeviceId, Long> headsOfAnyMerchant(Collection<DeviceId> devices) {
        Map<DeviceId, Long> heads = new HashMap<>();
        jdbc.sql(
                        """
                        select d.device_id, coalesce(head, 0) as head
                        from unnest(:devices::uuid[]) as d (device_id)
                        join device on device.device_id = d.device_id and deregistered_at is null
                        cross join lateral
                            (select max(seq) as head from event where event.device_id = d.device_id) h
                        """)
                .param(
                        "devices",
                        devices.stream()
                                .map(DeviceId::value)
                                .map(UUID::toString)
                                .toArray(String[]::new))
                .query(row -> {
                    heads.put(new DeviceId(Sql.uuid(row, "device_id")), row.getLong("head"));
                });
        return heads;
    }
}
