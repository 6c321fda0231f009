package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** The simulated devices of a playground, each with the session that a person looks at. */
@Service
public final class SimulatedTills {
    private final JdbcClient jdbc;

    SimulatedTills(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A simulated device.
     *
     * @param waiting open sessions
     * @param shown the one that is to be paid now, or else the last one; null before the first
     */
    public record Till(
            DeviceId id,
            String name,
            @Nullable String location,
            int waiting,
            @Nullable Shown shown) {}

    /** A session; the amount in minor units. */
    public record Shown(
            SessionId id, String status, long amount, String currency, boolean unknown) {
        /** Whether it can be paid still. */
        public boolean isOpen() {
            return status.equals("CREATED") || status.equals("ACTIVE");
        }
    }

    /** By name, at most {@code limit}. */
    public List<Till> list(MerchantId merchant, int limit) {
        return jdbc.sql(
                        """
                        select device.device_id, device.name, location.name as location,
                            (select count(*)::int from session one
                                where one.device_id = device.device_id
                                    and one.status in ('CREATED', 'ACTIVE')) as waiting,
                            shown.session_id, shown.status, shown.order_amount,
                            shown.purchase_currency, shown.status = 'ACTIVE' and exists (
                                select from attempt where attempt.attempt_id = shown.attempt_id
                                    and attempt.unanswered_since is not null) as unknown
                        from device left join location using (location_id, merchant_id)
                            left join lateral (
                                select * from (
                                    (select 1 as nth, one.* from session one
                                        where one.device_id = device.device_id
                                            and one.merchant_id = device.merchant_id
                                            and one.status in ('CREATED', 'ACTIVE')
                                        order by one.status = 'ACTIVE' desc, one.session_id
                                        limit 1)
                                    union all
                                    (select 2, last.* from session last
                                        where last.merchant_id = device.merchant_id
                                            and last.session_id = (
                                                select event.session_id from event
                                                where event.merchant_id = device.merchant_id
                                                    and event.device_id = device.device_id
                                                    and event.session_id is not null
                                                order by seq desc limit 1))
                                ) either order by nth limit 1) shown on true
                        where device.merchant_id = :merchant_id and device.simulated
                            and deregistered_at is null
                        order by device.name, device.device_id limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("limit", limit)
                .query((row, n) ->
                        new Till(
                                new DeviceId(Sql.uuid(row, "device_id")),
                                Sql.text(row, "name"),
                                Sql.textOrNull(row, "location"),
                                row.getInt("waiting"),
                                shown(row)))
                .list();
    }

    private static @Nullable Shown shown(ResultSet row) throws SQLException {
        UUID session = row.getObject("session_id", UUID.class);
        return session == null
                ? null
                : new Shown(
                        new SessionId(session),
                        Sql.text(row, "status"),
                        row.getLong("order_amount"),
                        Sql.text(row, "purchase_currency"),
                        row.getBoolean("unknown"));
    }
}
