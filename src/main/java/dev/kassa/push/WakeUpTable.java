package dev.kassa.push;

import dev.kassa.database.Sql;
import dev.kassa.device.Platform;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Which sessions have a sleeping device to be woken. */
@Component
final class WakeUpTable {
    private final JdbcClient jdbc;

    WakeUpTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Of each of these devices the newest session that waits for the clerk since {@code before} and
     * was neither pushed nor announced; claimed, so that no other node announces it too.
     */
    List<WakeUp> claimOfAnyMerchant(
            Collection<DeviceId> devices,
            Collection<Platform> platforms,
            Instant before,
            Instant now) {
        return jdbc.sql(
                        """
                        with asleep as (
                            select distinct on (device.device_id) device.device_id, device.merchant_id,
                                device.platform, device.push_token, session.session_id,
                                session.expires_at
                            from unnest(:devices::uuid[]) as d (device_id)
                            join device on device.device_id = d.device_id
                                and device.deregistered_at is null
                                and device.push_token is not null
                                and device.platform = any(:platforms)
                            join session on session.device_id = device.device_id
                                and session.status = 'CREATED' and session.expires_at > :now
                                and session.created_at <= :before
                            left join session_push push on push.session_id = session.session_id
                            where push.woken_at is null and push.pushed_at is null
                            order by device.device_id, session.created_at desc
                        ),
                        claimed as (
                            insert into session_push (session_id, merchant_id, woken_at)
                            select session_id, merchant_id, :now from asleep order by session_id
                            on conflict (session_id) do update set woken_at = excluded.woken_at
                            where session_push.woken_at is null and session_push.pushed_at is null
                            returning session_id
                        )
                        select asleep.* from asleep join claimed using (session_id)
                        """)
                .param("devices", Sql.array(devices))
                .param("platforms", Sql.array(platforms))
                .param("before", Sql.at(before))
                .param("now", Sql.at(now))
                .query((row, n) ->
                        new WakeUp(
                                new MerchantId(Sql.text(row, "merchant_id")),
                                new DeviceId(Sql.uuid(row, "device_id")),
                                Platform.valueOf(Sql.text(row, "platform")),
                                Sql.text(row, "push_token"),
                                new SessionId(Sql.uuid(row, "session_id")),
                                Sql.instant(row, "expires_at")))
                .list();
    }

    /** It was not sent after all. */
    void giveBack(MerchantId merchant, SessionId session) {
        var _ =
                jdbc.sql(
                                """
                                update session_push set woken_at = null
                                where merchant_id = :merchant_id and session_id = :session_id
                                """)
                        .param("merchant_id", merchant.value())
                        .param("session_id", session.value())
                        .update();
    }

    /** Unless the app has sent another one meanwhile. */
    void forgetToken(MerchantId merchant, DeviceId device, String pushToken) {
        var _ =
                jdbc.sql(
                                """
                                update device set push_token = null
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and push_token = :push_token
                                """)
                        .param("merchant_id", merchant.value())
                        .param("device_id", device.value())
                        .param("push_token", pushToken)
                        .update();
    }
}
