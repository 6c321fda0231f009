package dev.kassa.device;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.paging.Listing;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table device. A deregistered device stays as a row and is found by nothing here. */
@Component
final class DeviceTable {
    private static final String COLUMNS =
            """
            device_id, merchant_id, location_id, hardware_id, name, platform, metadata, simulated,
            created_at
            """;

    /** Of what the merchant may set: what an app changes of itself is no reason to look again. */
    private static final String VERSION =
            "encode(sha256(convert_to(row(name, location_id, metadata)::text, 'UTF8')), 'hex')";

    private static final String MATCHING =
            """
            from device
            where merchant_id = :merchant_id and deregistered_at is null
                and (:location_id::uuid is null or location_id = :location_id::uuid)
                and metadata @> :metadata::jsonb
            """;

    private static final Listing LISTING = new Listing(COLUMNS, MATCHING, "device_id");

    private final JdbcClient jdbc;

    DeviceTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What one pairing writes.
     *
     * @param newId the device's id unless this hardware is known
     * @param playground whether metadata may make it a simulated device
     */
    record Pairing(
            String code,
            DeviceId newId,
            NewDevice device,
            String tokenHash,
            boolean playground,
            Instant now) {}

    /**
     * Uses up the code and makes or re-keys the device, in one statement; empty for a dead code.
     */
    Optional<Device> pairOfAnyMerchant(Pairing pairing) {
        return AuditLog.on(
                        jdbc.sql(
                                """
                                with unused as (
                                    select enrollment_id, merchant_id, location_id, metadata
                                    from enrollment
                                    where code = :code and status = 'PENDING' and expires_at > :now
                                        and not exists (select from merchant
                                            where merchant.merchant_id = enrollment.merchant_id
                                                and disabled_at is not null)
                                    for update
                                ),
                                paired as (
                                insert into device (merchant_id, device_id, location_id, hardware_id, name,
                                    platform, metadata, simulated, push_token, token_hash, token_issued_at,
                                    created_at, updated_at)
                                select merchant_id, :device_id, location_id, :hardware_id, :name,
                                    :platform, metadata, :playground and coalesce(metadata ->> 'simulated' = 'true', false),
                                    :push_token, :token_hash, :now, :now, :now
                                from unused
                                on conflict (merchant_id, hardware_id) where deregistered_at is null
                                do update set location_id = excluded.location_id, name = excluded.name,
                                    platform = excluded.platform, metadata = excluded.metadata,
                                    simulated = excluded.simulated, push_token = excluded.push_token,
                                    token_hash = excluded.token_hash,
                                    token_issued_at = excluded.token_issued_at,
                                    updated_at = excluded.updated_at
                                returning device.*, device.device_id as subject),
                                consumed as (
                                    update enrollment
                                    set status = 'CONSUMED', device_id = paired.device_id
                                    from unused, paired
                                    where enrollment.enrollment_id = unused.enrollment_id
                                ),
                                """
                                        + AuditLog.whenFound("paired")
                                        + "select "
                                        + COLUMNS
                                        + " from paired"),
                        AuditEntry.of(null, AuditAction.DEVICE_PAIRED, pairing.newId())
                                .after(
                                        Map.of(
                                                "name",
                                                pairing.device().name(),
                                                "platform",
                                                pairing.device().platform())))
                .param("code", pairing.code())
                .param("device_id", pairing.newId().value())
                .param("hardware_id", pairing.device().hardwareId())
                .param("name", pairing.device().name())
                .param("platform", pairing.device().platform().name())
                .param("playground", pairing.playground())
                .param("push_token", pairing.device().pushToken())
                .param("token_hash", pairing.tokenHash())
                .param("now", Sql.at(pairing.now()))
                .query(DeviceTable::device)
                .optional();
    }

    Optional<Device> byTokenOfAnyMerchant(String tokenHash) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from device
                                where token_hash = :token_hash and deregistered_at is null
                                    and not exists (select from merchant
                                        where merchant.merchant_id = device.merchant_id
                                            and disabled_at is not null)
                                """)
                .param("token_hash", tokenHash)
                .query(DeviceTable::device)
                .optional();
    }

    Optional<Device> find(MerchantId merchant, DeviceId device) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from device
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and deregistered_at is null
                                """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .query(DeviceTable::device)
                .optional();
    }

    Optional<Devices.Seen> look(MerchantId merchant, DeviceId device) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + ", "
                                + VERSION
                                + """
                                 as version from device
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and deregistered_at is null
                                """)
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .query((row, n) -> new Devices.Seen(device(row, n), Sql.text(row, "version")))
                .optional();
    }

    Page<Device> list(MerchantId merchant, Devices.Filter filter, Paging paging) {
        LocationId location = filter.location();
        return LISTING.read(
                jdbc,
                statement ->
                        statement
                                .param("merchant_id", merchant.value())
                                .param("location_id", location == null ? null : location.value())
                                .param("metadata", Json.write(filter.metadata())),
                paging,
                DeviceTable::device);
    }

    /**
     * Replaces what the merchant may set; a null name keeps the one before.
     *
     * @param version which it must have; null for any
     */
    Optional<Device> replace(
            MerchantId merchant,
            DeviceId device,
            Devices.Replacement replacement,
            @Nullable String version,
            Instant now) {
        LocationId location = replacement.location();
        return AuditLog.on(
                        jdbc.sql(
                                """
                                with changed as (
                                    update device set name = coalesce(:name, name),
                                        metadata = :metadata::jsonb, location_id = :location_id::uuid,
                                        updated_at = :now
                                    where merchant_id = :merchant_id and device_id = :device_id
                                        and deregistered_at is null
                                        and (:version::text is null or :version = %s)
                                    returning *
                                ),
                                """
                                                .formatted(VERSION)
                                        + AuditLog.when("changed")
                                        + "select "
                                        + COLUMNS
                                        + " from changed"),
                        AuditEntry.of(merchant, AuditAction.DEVICE_CHANGED, device)
                                .after(replacement))
                .param("merchant_id", merchant.value())
                .param("device_id", device.value())
                .param("version", version)
                .param("name", replacement.name())
                .param("metadata", Json.write(replacement.metadata()))
                .param("location_id", location == null ? null : location.value())
                .param("now", Sql.at(now))
                .query(DeviceTable::device)
                .optional();
    }

    boolean deregister(MerchantId merchant, DeviceId device, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update device set deregistered_at = :now, updated_at = :now
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and deregistered_at is null
                                """,
                                AuditEntry.of(merchant, AuditAction.DEVICE_DEREGISTERED, device))
                        .param("merchant_id", merchant.value())
                        .param("device_id", device.value())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    void replacePushToken(MerchantId merchant, DeviceId device, String pushToken, Instant now) {
        var _ =
                AuditLog.audited(
                                jdbc,
                                """
                                update device set push_token = :push_token, updated_at = :now
                                where merchant_id = :merchant_id and device_id = :device_id
                                    and deregistered_at is null
                                """,
                                AuditEntry.of(
                                        merchant, AuditAction.DEVICE_PUSH_TOKEN_CHANGED, device))
                        .param("merchant_id", merchant.value())
                        .param("device_id", device.value())
                        .param("push_token", pushToken)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single();
    }

    private static Device device(ResultSet row, int n) throws SQLException {
        UUID location = Sql.uuidOrNull(row, "location_id");
        return new Device(
                new DeviceId(Sql.uuid(row, "device_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                location == null ? null : new LocationId(location),
                Sql.text(row, "hardware_id"),
                Sql.text(row, "name"),
                Platform.valueOf(Sql.text(row, "platform")),
                Json.texts(Sql.text(row, "metadata")),
                row.getBoolean("simulated"),
                Sql.instant(row, "created_at"));
    }
}
