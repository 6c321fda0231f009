package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Service;

/** A merchant's devices, for a person who looks which of them can be reached. */
@Service
public final class DeviceSearch {
    private final JdbcClient jdbc;

    DeviceSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A line of the list.
     *
     * @param lastSeenAt until when a stream of it was known to be open; null if none ever was
     * @param waiting sessions that are open on it
     */
    public record Found(
            DeviceId id,
            String name,
            @Nullable String location,
            String platform,
            boolean simulated,
            boolean online,
            @Nullable Instant lastSeenAt,
            long waiting) {}

    private static final String SELECT =
            """
            select device.device_id, device.name, location.name as location,
                device.platform, device.simulated, node.node_id is not null as online,
                greatest(last_seen_at, node.alive_at) as last_seen_at,
                (select count(*) from session where session.device_id = device.device_id
                    and session.status in ('CREATED', 'ACTIVE')) as waiting
            from device
                left join location using (location_id, merchant_id)
            """
                    + SupportTable.PRESENCE
                    + " where merchant_id = :merchant_id and deregistered_at is null ";

    /** The last line of a page: where the next one goes on. */
    public record After(boolean online, String name, DeviceId id) {}

    /** Those that are registered: who cannot be reached first, then by name. */
    public List<Found> list(MerchantId merchant, @Nullable After after, int limit) {
        return select(
                        merchant,
                        """
                        and (:after::uuid is null or (node.node_id is not null, device.name,
                            device.device_id) > (:after_online, :after_name, :after))
                        order by online, device.name, device.device_id limit :limit
                        """)
                .param("after", after == null ? null : after.id().value())
                .param("after_online", after != null && after.online())
                .param("after_name", after == null ? "" : after.name())
                .param("limit", limit)
                .query((row, n) -> found(row))
                .list();
    }

    /** One of them, as its line says it; empty when the merchant has no such device. */
    public Optional<Found> find(MerchantId merchant, DeviceId device) {
        return select(merchant, "and device_id = :device_id")
                .param("device_id", device.value())
                .query((row, n) -> found(row))
                .optional();
    }

    private StatementSpec select(MerchantId merchant, String which) {
        return jdbc.sql(SELECT + which)
                .param("merchant_id", merchant.value())
                .param("silence", Limits.NODE_SILENCE.toString());
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                new DeviceId(Sql.uuid(row, "device_id")),
                Sql.text(row, "name"),
                Sql.textOrNull(row, "location"),
                Sql.text(row, "platform"),
                row.getBoolean("simulated"),
                row.getBoolean("online"),
                Sql.instantOrNull(row, "last_seen_at"),
                row.getLong("waiting"));
    }
}
