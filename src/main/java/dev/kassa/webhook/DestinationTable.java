package dev.kassa.webhook;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import dev.kassa.paging.Listing;
import dev.kassa.paging.Page;
import dev.kassa.paging.Paging;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The table destination, each row with its lane. */
@Component
final class DestinationTable {
    static final String COLUMNS =
            """
            destination_id, name, url, event_types, enabled, disabled_reason, created_at, updated_at,
                case when previous_secret_until > :now then previous_secret_until end
                    as previous_secret_until,
                (select resume_at from lane where lane.destination_id = destination.destination_id
                    and resume_at > :now) as paused_until
            """;

    private static final Listing LISTING =
            new Listing(
                    COLUMNS,
                    """
                    from destination
                    where merchant_id = :merchant_id and :now::timestamptz is not null
                    """,
                    "destination_id");

    static final String ONE =
            " where merchant_id = :merchant_id and destination_id = :destination_id ";

    /** Its server is to read it again. */
    static final String CHANGED =
            """
            update lane set changed_at = clock_timestamp() from changed
            where lane.destination_id = changed.destination_id
            """;

    /** And to try at once what waits, whatever its circuit says. */
    private static final String RESUMED =
            """
            update lane set changed_at = clock_timestamp(), resume_at = null,
                resumes = resumes + 1
            from changed where lane.destination_id = changed.destination_id
            """;

    /** And to forget how it fared before. */
    private static final String RENEWED =
            RESUMED.replace("resume_at = null", "openings = 0, resume_at = null");

    /** The columns of {@link #target}. */
    static final String TARGET = "url, enabled, secret, previous_secret, previous_secret_until";

    private final JdbcClient jdbc;

    DestinationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What a destination's secrets are sealed for. */
    static Vault.Row row(MerchantId merchant, DestinationId destination) {
        return new Vault.Row("destination", merchant.value(), destination.toString());
    }

    static Destination destination(ResultSet row, int n) throws SQLException {
        Array types = row.getArray("event_types");
        return new Destination(
                new DestinationId(Sql.uuid(row, "destination_id")),
                Sql.text(row, "name"),
                DestinationUrl.parse(Sql.text(row, "url")),
                types == null ? null : List.of((String[]) types.getArray()),
                row.getBoolean("enabled"),
                Sql.textOrNull(row, "disabled_reason"),
                Sql.instantOrNull(row, "paused_until"),
                Sql.instantOrNull(row, "previous_secret_until"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "updated_at"),
                null);
    }

    private StatementSpec one(
            String sql, MerchantId merchant, DestinationId destination, Instant now) {
        return jdbc.sql(sql)
                .param("merchant_id", merchant.value())
                .param("destination_id", destination.value())
                .param("now", Sql.at(now));
    }

    private StatementSpec audited(
            String sql,
            AuditAction action,
            MerchantId merchant,
            DestinationId destination,
            Instant now) {
        return AuditLog.on(
                one(sql, merchant, destination, now), AuditEntry.of(merchant, action, destination));
    }

    Page<Destination> list(MerchantId merchant, Paging paging, Instant now) {
        return LISTING.read(
                jdbc,
                statement ->
                        statement.param("merchant_id", merchant.value()).param("now", Sql.at(now)),
                paging,
                DestinationTable::destination);
    }

    Optional<Destination> find(MerchantId merchant, DestinationId destination, Instant now) {
        return one("select " + COLUMNS + "from destination" + ONE, merchant, destination, now)
                .query(DestinationTable::destination)
                .optional();
    }

    /** The destination called {@code name}, if there is one. */
    Optional<DestinationId> findByName(MerchantId merchant, String name) {
        return jdbc.sql(
                        """
                        select destination_id from destination
                        where merchant_id = :merchant_id and name = :name
                        """)
                .param("merchant_id", merchant.value())
                .param("name", name)
                .query((row, n) -> new DestinationId(Sql.uuid(row, "destination_id")))
                .optional();
    }

    /** False when the name is taken. Its lane is free for any server. */
    boolean insert(
            MerchantId merchant,
            DestinationId destination,
            Destination.Configuration wish,
            String sealedSecret,
            Instant now) {
        return wish(
                                """
                                with inserted as (
                                    insert into destination (merchant_id, destination_id, name, url,
                                        event_types, secret, enabled, created_at, updated_at)
                                    values (:merchant_id, :destination_id, :name, :url,
                                        :event_types::text[], :secret, :enabled, :now, :now)
                                    on conflict (merchant_id, name) do nothing
                                    returning destination_id
                                ),
                                """
                                        + AuditLog.when("inserted")
                                        + """
                                        insert into lane (destination_id)
                                        select destination_id from inserted
                                        """,
                                AuditAction.DESTINATION_CREATED,
                                merchant,
                                destination,
                                wish,
                                now)
                        .param("secret", sealedSecret)
                        .update()
                == 1;
    }

    private StatementSpec wish(
            String sql,
            AuditAction action,
            MerchantId merchant,
            DestinationId destination,
            Destination.Configuration wish,
            Instant now) {
        List<String> types = wish.eventTypes();
        return AuditLog.on(
                        one(sql, merchant, destination, now),
                        AuditEntry.of(merchant, action, destination)
                                .after(
                                        Map.of(
                                                "name",
                                                wish.name(),
                                                "url",
                                                wish.url().toString(),
                                                "enabled",
                                                wish.enabled())))
                .param("name", wish.name())
                .param("url", wish.url().toString())
                .param("event_types", types == null ? null : Sql.array(types))
                .param("enabled", wish.enabled());
    }

    /**
     * False when there is none, or it is not as it was {@code seen}. Whatever held its lane back is
     * forgotten.
     */
    boolean replace(
            MerchantId merchant,
            DestinationId destination,
            Destination.Configuration wish,
            @Nullable Instant seen,
            Instant now) {
        return wish(
                                """
                                with changed as (
                                    update destination set name = :name, url = :url,
                                        event_types = :event_types::text[], enabled = :enabled,
                                        disabled_reason =
                                            case when :enabled then null else disabled_reason end,
                                        updated_at = :now
                                """
                                        + ONE
                                        + """
                                        and (:seen::timestamptz is null or updated_at = :seen)
                                        returning destination_id),
                                        """
                                        + AuditLog.when("changed")
                                        + RENEWED,
                                AuditAction.DESTINATION_CHANGED,
                                merchant,
                                destination,
                                wish,
                                now)
                        .param("seen", Sql.atOrNull(seen))
                        .update()
                == 1;
    }

    /** False when there is none. Its deliveries and their log go with it. */
    boolean delete(MerchantId merchant, DestinationId destination) {
        return AuditLog.on(
                                jdbc.sql(
                                        "with gone as (delete from destination"
                                                + ONE
                                                + """
                                                returning destination_id
                                                ),
                                                deliveries as (
                                                    delete from delivery using gone
                                                    where delivery.destination_id = gone.destination_id
                                                ),
                                                tries as (
                                                    delete from delivery_attempt using gone
                                                    where delivery_attempt.destination_id = gone.destination_id
                                                ),
                                                """
                                                + AuditLog.when("gone")
                                                + "select count(*) from gone"),
                                AuditEntry.of(
                                        merchant, AuditAction.DESTINATION_REMOVED, destination))
                        .param("merchant_id", merchant.value())
                        .param("destination_id", destination.value())
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Optional<Target> target(MerchantId merchant, DestinationId destination) {
        return jdbc.sql("select " + TARGET + " from destination" + ONE)
                .param("merchant_id", merchant.value())
                .param("destination_id", destination.value())
                .query(DestinationTable::target)
                .optional();
    }

    static Target target(ResultSet row, int n) throws SQLException {
        return new Target(
                DestinationUrl.parse(Sql.text(row, "url")),
                row.getBoolean("enabled"),
                Sql.text(row, "secret"),
                Sql.textOrNull(row, "previous_secret"),
                Sql.instantOrNull(row, "previous_secret_until"));
    }

    /** The endpoint answered 410. */
    void disableGone(MerchantId merchant, DestinationId destination, Instant now) {
        var _ =
                audited(
                                """
                                with changed as (
                                    update destination set enabled = false, updated_at = :now,
                                        disabled_reason = 'The endpoint answered 410 Gone.'
                                """
                                        + ONE
                                        + "and enabled returning destination_id), "
                                        + AuditLog.when("changed")
                                        + CHANGED,
                                AuditAction.DESTINATION_DISABLED,
                                merchant,
                                destination,
                                now)
                        .update();
    }

    /** Stops sending to it; nothing when it is disabled already. */
    void disable(MerchantId merchant, DestinationId destination, Instant now) {
        var _ =
                audited(
                                """
                                with changed as (
                                    update destination set enabled = false, updated_at = :now
                                """
                                        + ONE
                                        + "and enabled returning destination_id), "
                                        + AuditLog.when("changed")
                                        + CHANGED,
                                AuditAction.DESTINATION_DISABLED,
                                merchant,
                                destination,
                                now)
                        .update();
    }

    /** Tries a lane now that was held back. */
    void resume(MerchantId merchant, DestinationId destination) {
        var _ =
                jdbc.sql(
                                "with changed as (select destination_id from destination"
                                        + ONE
                                        + ") "
                                        + RESUMED)
                        .param("merchant_id", merchant.value())
                        .param("destination_id", destination.value())
                        .update();
    }

    /**
     * Waits for whoever is changing this merchant's destinations, and keeps others waiting until
     * the transaction ends: what is counted and looked up then still holds when it is written.
     */
    void lock(MerchantId merchant) {
        var _ =
                jdbc.sql(
                                """
                                select pg_advisory_xact_lock(
                                    hashtextextended('destinations of ' || :merchant_id, 0))
                                """)
                        .param("merchant_id", merchant.value())
                        .query((row, n) -> n)
                        .list();
    }

    /** Whether the merchant may have one more. */
    boolean hasRoom(MerchantId merchant) {
        return jdbc.sql("select count(*) from destination where merchant_id = :merchant_id")
                        .param("merchant_id", merchant.value())
                        .query(Long.class)
                        .single()
                < Limits.DESTINATIONS;
    }
}
