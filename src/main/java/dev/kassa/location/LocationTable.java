package dev.kassa.location;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.paging.Listing;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The tables location and cash_register. */
@Component
final class LocationTable {
    private static final Listing LISTING =
            new Listing("* ", "from location where merchant_id = :merchant_id ", "location_id");

    private final JdbcClient jdbc;

    LocationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(MerchantId merchant, LocationId location, LocationProfile profile, Instant now) {
        var _ =
                on(
                                AuditLog.audited(
                                        jdbc,
                                        """
                                        insert into location (merchant_id, location_id, name,
                                            street_address, street_address2, postal_code, city,
                                            country, time_zone, created_at, updated_at)
                                        values (:merchant_id, :location_id, :name, :street_address,
                                            :street_address2, :postal_code, :city, :country,
                                            :time_zone, :now, :now)
                                        """,
                                        AuditEntry.of(
                                                        merchant,
                                                        AuditAction.LOCATION_CREATED,
                                                        location)
                                                .after(profile)),
                                profile)
                        .param("merchant_id", merchant.value())
                        .param("location_id", location.value())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single();
    }

    /** False when there is none, or it was changed since {@code seen}. */
    boolean replace(
            MerchantId merchant,
            LocationId location,
            LocationProfile profile,
            Instant seen,
            Instant now) {
        return on(
                                AuditLog.audited(
                                        jdbc,
                                        """
                                        update location set name = :name,
                                            street_address = :street_address,
                                            street_address2 = :street_address2,
                                            postal_code = :postal_code, city = :city,
                                            country = :country,
                                            time_zone = coalesce(:time_zone, time_zone),
                                            updated_at = greatest(:now,
                                                updated_at + interval '1 microsecond')
                                        where merchant_id = :merchant_id
                                            and location_id = :location_id and updated_at = :seen
                                        """,
                                        AuditEntry.of(
                                                        merchant,
                                                        AuditAction.LOCATION_CHANGED,
                                                        location)
                                                .after(profile)),
                                profile)
                        .param("merchant_id", merchant.value())
                        .param("location_id", location.value())
                        .param("seen", Sql.at(seen))
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    private static StatementSpec on(StatementSpec statement, LocationProfile profile) {
        ZoneId zone = profile.timeZone();
        return statement
                .param("name", profile.name())
                .param("street_address", profile.streetAddress())
                .param("street_address2", profile.streetAddress2())
                .param("postal_code", profile.postalCode())
                .param("city", profile.city())
                .param("country", profile.country())
                .param("time_zone", zone == null ? null : zone.getId());
    }

    boolean edit(MerchantId merchant, LocationId location, LocationDetails details, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update location set name = coalesce(:name, name),
                                    street_address = coalesce(:street_address, street_address),
                                    postal_code = coalesce(:postal_code, postal_code),
                                    city = coalesce(:city, city),
                                    country = coalesce(:country, country), updated_at = :now
                                where merchant_id = :merchant_id and location_id = :location_id
                                """,
                                AuditEntry.of(merchant, AuditAction.LOCATION_CHANGED, location)
                                        .after(details))
                        .param("merchant_id", merchant.value())
                        .param("location_id", location.value())
                        .param("name", details.name())
                        .param("street_address", details.streetAddress())
                        .param("postal_code", details.postalCode())
                        .param("city", details.city())
                        .param("country", details.country())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    boolean insertCashRegister(MerchantId merchant, LocationId location, String name, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into cash_register (merchant_id, location_id, name, created_at)
                                select merchant_id, location_id, :name, :now from location
                                where merchant_id = :merchant_id and location_id = :location_id
                                """,
                                AuditEntry.of(merchant, AuditAction.LOCATION_CHANGED, location)
                                        .after(Map.of("cash_register", name)))
                        .param("merchant_id", merchant.value())
                        .param("location_id", location.value())
                        .param("name", name)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Page<Location> list(MerchantId merchant, Paging paging) {
        return LISTING.read(
                jdbc,
                statement -> statement.param("merchant_id", merchant.value()),
                paging,
                LocationTable::location);
    }

    Optional<Location> find(MerchantId merchant, LocationId location) {
        return jdbc.sql(
                        """
                        select * from location
                        where merchant_id = :merchant_id and location_id = :location_id
                        """)
                .param("merchant_id", merchant.value())
                .param("location_id", location.value())
                .query(LocationTable::location)
                .optional();
    }

    private static Location location(ResultSet row, int n) throws SQLException {
        return new Location(
                new LocationId(Sql.uuid(row, "location_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                Sql.text(row, "name"),
                Sql.textOrNull(row, "street_address"),
                Sql.textOrNull(row, "street_address2"),
                Sql.textOrNull(row, "postal_code"),
                Sql.textOrNull(row, "city"),
                Sql.textOrNull(row, "country"),
                ZoneId.of(Sql.text(row, "time_zone")),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "updated_at"));
    }

    boolean exists(MerchantId merchant, LocationId location) {
        return jdbc.sql(
                        """
                        select exists (select 1 from location
                            where merchant_id = :merchant_id and location_id = :location_id)
                        """)
                .param("merchant_id", merchant.value())
                .param("location_id", location.value())
                .query(Boolean.class)
                .single();
    }

    /** The merchant's, by name, after one of them. */
    List<Location> byName(MerchantId merchant, @Nullable LocationId after, int limit) {
        return jdbc.sql(
                        """
                        select * from location
                        where merchant_id = :merchant_id
                            and (:after::uuid is null or (name, location_id) > (
                                select name, location_id from location
                                where merchant_id = :merchant_id and location_id = :after))
                        order by name, location_id limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("after", after == null ? null : after.value())
                .param("limit", limit)
                .query(LocationTable::location)
                .list();
    }

    List<LocationId> firstTwo(MerchantId merchant) {
        return jdbc.sql("select location_id from location where merchant_id = :merchant_id limit 2")
                .param("merchant_id", merchant.value())
                .query((row, n) -> new LocationId(Sql.uuid(row, "location_id")))
                .list();
    }
}
