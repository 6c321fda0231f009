package dev.kassa.merchant;

import dev.kassa.access.AuditLog;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditAction;
import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables merchant and portal_user. */
@Component
final class MerchantTable {
    private final JdbcClient jdbc;

    MerchantTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False when another merchant has the id, which is random and short. */
    boolean insert(Merchant merchant, Instant now) {
        return jdbc.sql(
                                """
                                insert into merchant (merchant_id, name, created_at)
                                values (:merchant_id, :name, :now)
                                on conflict (merchant_id) do nothing
                                """)
                        .param("merchant_id", merchant.id().value())
                        .param("name", merchant.name())
                        .param("now", Sql.at(now))
                        .update()
                == 1;
    }

    void choose(MerchantId merchant, MerchantSettings settings) {
        Duration ttl = settings.sessionTtl();
        int chosen =
                AuditLog.audited(
                                jdbc,
                                """
                                update merchant set manual_capture = :manual_capture,
                                    session_ttl_seconds = :session_ttl_seconds::integer
                                where merchant_id = :merchant_id
                                """,
                                AuditEntry.of(merchant, AuditAction.SETTINGS_CHANGED, merchant)
                                        .after(MerchantSettings.View.of(settings)))
                        .param("merchant_id", merchant.value())
                        .param("manual_capture", settings.manualCapture())
                        .param("session_ttl_seconds", ttl == null ? null : ttl.toSeconds())
                        .query(Integer.class)
                        .single();
        if (chosen != 1) {
            throw new IllegalStateException("there is no merchant " + merchant);
        }
    }

    Optional<MerchantId> findOfAnyMerchant(String userName) {
        return jdbc.sql("select merchant_id from portal_user where user_name = :user_name")
                .param("user_name", userName)
                .query((row, n) -> new MerchantId(Sql.text(row, "merchant_id")))
                .optional();
    }

    /** False when a user of another merchant has the name. */
    boolean upsertPortalUser(
            MerchantId merchant, String userName, String passwordHash, Instant now) {
        return jdbc.sql(
                                """
                                insert into portal_user (merchant_id, user_name, password_hash, created_at)
                                values (:merchant_id, :user_name, :password_hash, :now)
                                on conflict (user_name) do update
                                set password_hash = excluded.password_hash
                                where portal_user.merchant_id = excluded.merchant_id
                                """)
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("password_hash", passwordHash)
                        .param("now", Sql.at(now))
                        .update()
                == 1;
    }

    Optional<String> portalPasswordHash(MerchantId merchant, String userName) {
        return jdbc.sql(
                        """
                        select password_hash from portal_user
                        where merchant_id = :merchant_id and user_name = :user_name
                        """)
                .param("merchant_id", merchant.value())
                .param("user_name", userName)
                .query(String.class)
                .optional();
    }
}
