package dev.kassa.merchant;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table merchant. */
@Component
final class MerchantTable {
    private final JdbcClient jdbc;

    MerchantTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False when another merchant has the id, which is random and short. */
    boolean insert(MerchantId merchant, NewMerchant wish, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into merchant (merchant_id, name, country, currencies,
                                    organisation_number, receipt_address, created_at)
                                values (:merchant_id, :name, :country, :currencies::text[],
                                    :organisation_number, :receipt_address, :now)
                                on conflict (merchant_id) do nothing
                                """,
                                AuditEntry.of(merchant, AuditAction.MERCHANT_CREATED, merchant)
                                        .after(wish))
                        .param("merchant_id", merchant.value())
                        .param("name", wish.name())
                        .param("country", wish.country())
                        .param("currencies", Sql.array(wish.currencies()))
                        .param("organisation_number", wish.organisationNumber())
                        .param("receipt_address", wish.receiptAddress())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** False when it is so already, or there is no such merchant. */
    boolean disable(MerchantId merchant, boolean disabled, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update merchant set disabled_at = case when :disabled then :now end
                                where merchant_id = :merchant_id
                                    and (disabled_at is not null) <> :disabled
                                """,
                                AuditEntry.of(
                                        merchant,
                                        disabled
                                                ? AuditAction.MERCHANT_DISABLED
                                                : AuditAction.MERCHANT_ENABLED,
                                        merchant))
                        .param("merchant_id", merchant.value())
                        .param("disabled", disabled)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Optional<MerchantDetails> find(MerchantId merchant) {
        return jdbc.sql("select * from merchant where merchant_id = :merchant_id")
                .param("merchant_id", merchant.value())
                .query(MerchantTable::details)
                .optional();
    }

    List<MerchantDetails> listOfAnyMerchant() {
        return jdbc.sql("select * from merchant order by created_at, merchant_id")
                .query(MerchantTable::details)
                .list();
    }

    Optional<Merchant> selling(MerchantId merchant) {
        return jdbc.sql("select * from merchant where merchant_id = :merchant_id")
                .param("merchant_id", merchant.value())
                .query(MerchantTable::selling)
                .optional();
    }

    /** Of a row with a merchant's columns. */
    static Merchant selling(ResultSet row, int n) throws SQLException {
        Integer ttl = row.getObject("session_ttl_seconds", Integer.class);
        return new Merchant(
                new MerchantId(Sql.text(row, "merchant_id")),
                Sql.text(row, "name"),
                ttl == null ? null : Duration.ofSeconds(ttl),
                row.getBoolean("manual_capture"),
                Set.copyOf(currencies(row)));
    }

    private static MerchantDetails details(ResultSet row, int n) throws SQLException {
        return new MerchantDetails(
                new MerchantId(Sql.text(row, "merchant_id")),
                Sql.text(row, "name"),
                Sql.textOrNull(row, "country"),
                currencies(row),
                Sql.textOrNull(row, "organisation_number"),
                Sql.textOrNull(row, "receipt_address"),
                Sql.instant(row, "created_at"),
                Sql.instantOrNull(row, "disabled_at"));
    }

    static List<String> currencies(ResultSet row) throws SQLException {
        return List.of((String[]) row.getArray("currencies").getArray());
    }

    MerchantSettings settings(MerchantId merchant) {
        return jdbc.sql(
                        """
                        select manual_capture, session_ttl_seconds from merchant
                        where merchant_id = :merchant_id
                        """)
                .param("merchant_id", merchant.value())
                .query((row, n) -> {
                    Integer ttl = row.getObject("session_ttl_seconds", Integer.class);
                    return new MerchantSettings(
                            row.getBoolean("manual_capture"),
                            ttl == null ? null : Duration.ofSeconds(ttl));
                })
                .single();
    }

    /**
     * Writes what the merchant chooses.
     *
     * @param seen what it must be before; null for anything
     * @return false when it was something else
     */
    boolean choose(
            MerchantId merchant, MerchantSettings settings, @Nullable MerchantSettings seen) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update merchant set manual_capture = :manual_capture,
                                    session_ttl_seconds = :session_ttl_seconds::integer
                                where merchant_id = :merchant_id
                                    and (:any or (manual_capture = :seen_capture
                                        and session_ttl_seconds is not distinct from
                                            :seen_ttl::integer))
                                """,
                                AuditEntry.of(merchant, AuditAction.SETTINGS_CHANGED, merchant)
                                        .after(MerchantSettings.View.of(settings)))
                        .param("merchant_id", merchant.value())
                        .param("manual_capture", settings.manualCapture())
                        .param("session_ttl_seconds", seconds(settings))
                        .param("any", seen == null)
                        .param("seen_capture", seen != null && seen.manualCapture())
                        .param("seen_ttl", seen == null ? null : seconds(seen))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    private static @Nullable Long seconds(MerchantSettings settings) {
        Duration ttl = settings.sessionTtl();
        return ttl == null ? null : ttl.toSeconds();
    }
}
