package dev.kassa.support;

import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Pairing codes and what became of them, for a person who waits for a device. */
@Service
public final class EnrollmentSearch {
    private static final String SELECT =
            """
            select enrollment_id, code, enrollment.created_at, expires_at, enrollment.metadata,
                case when status = 'PENDING' and expires_at <= :now
                    then 'EXPIRED' else status end as status,
                location.name as location, location.time_zone, enrollment.device_id,
                device.name as device, device.deregistered_at is null as registered
            from enrollment
                join location on location.location_id = enrollment.location_id
                left join device on device.device_id = enrollment.device_id
            where enrollment.merchant_id = :merchant_id and status <> 'CANCELLED'
            """;

    /** Of codes that are typed; those that live longer are UUIDs. */
    private static final int SHORT_CODE_CHARS = 8;

    private final JdbcClient jdbc;
    private final InstantSource clock;

    EnrollmentSearch(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * A code that was not withdrawn.
     *
     * @param status PENDING, CONSUMED or EXPIRED
     * @param deviceId what it has paired; null before, and of a code that was used before this was
     *     kept
     * @param registered whether that device is there still
     */
    public record Found(
            EnrollmentId id,
            String code,
            Instant createdAt,
            Instant expiresAt,
            Map<String, String> metadata,
            String status,
            String location,
            ZoneId zone,
            @Nullable DeviceId deviceId,
            @Nullable String device,
            boolean registered) {
        /** The code in two halves, as it is read out; one that is too long for that as it is. */
        public String grouped() {
            int half = SHORT_CODE_CHARS / 2;
            return code.length() == SHORT_CODE_CHARS
                    ? code.substring(0, half) + "-" + code.substring(half)
                    : code;
        }
    }

    /**
     * The newest first; index enrollment_of_merchant.
     *
     * @param before the last one of the page before
     */
    public List<Found> list(MerchantId merchant, @Nullable EnrollmentId before, int limit) {
        return jdbc.sql(
                        SELECT
                                + """
                                 and (:before::uuid is null
                                    or (enrollment.created_at, enrollment_id) < (
                                        select created_at, enrollment_id from enrollment
                                        where merchant_id = :merchant_id
                                            and enrollment_id = :before))
                                order by enrollment.created_at desc, enrollment_id desc
                                limit :limit
                                """)
                .param("merchant_id", merchant.value())
                .param("now", Sql.at(Sql.now(clock)))
                .param("before", before == null ? null : before.value())
                .param("limit", limit)
                .query((row, n) -> found(row))
                .list();
    }

    /** One of them; empty when the merchant has none, or withdrew it. */
    public Optional<Found> find(MerchantId merchant, EnrollmentId enrollment) {
        return jdbc.sql(SELECT + " and enrollment_id = :enrollment_id")
                .param("merchant_id", merchant.value())
                .param("now", Sql.at(Sql.now(clock)))
                .param("enrollment_id", enrollment.value())
                .query((row, n) -> found(row))
                .optional();
    }

    private static Found found(ResultSet row) throws SQLException {
        UUID device = Sql.uuidOrNull(row, "device_id");
        return new Found(
                new EnrollmentId(Sql.uuid(row, "enrollment_id")),
                Sql.text(row, "code"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "expires_at"),
                Json.texts(Sql.text(row, "metadata")),
                Sql.text(row, "status"),
                Sql.text(row, "location"),
                ZoneId.of(Sql.text(row, "time_zone")),
                device == null ? null : new DeviceId(device),
                Sql.textOrNull(row, "device"),
                row.getBoolean("registered"));
    }
}
