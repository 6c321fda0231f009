package dev.kassa.merchant;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.access.Role;
import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables portal_user and invitation. */
@Component
final class UserTable {
    private final JdbcClient jdbc;

    UserTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<MerchantId> findOfAnyMerchant(String userName) {
        return jdbc.sql("select merchant_id from portal_user where user_name = :user_name")
                .param("user_name", userName)
                .query((row, n) -> new MerchantId(Sql.text(row, "merchant_id")))
                .optional();
    }

    Optional<PortalUser> portalUserOfAnyMerchant(String userName) {
        return jdbc.sql(
                        """
                        select merchant_id, merchant.name, user_name, role
                        from portal_user join merchant using (merchant_id)
                        where user_name = :user_name and portal_user.disabled_at is null
                            and merchant.disabled_at is null
                        """)
                .param("user_name", userName)
                .query((row, n) -> portalUser(row))
                .optional();
    }

    Optional<PortalUser> invitedOfAnyMerchant(String tokenHash, Instant now) {
        return jdbc.sql(
                        """
                        select merchant_id, merchant.name, user_name, role
                        from invitation join portal_user using (user_name, merchant_id)
                            join merchant using (merchant_id)
                        where token_hash = :token_hash and used_at is null and expires_at > :now
                            and portal_user.disabled_at is null and merchant.disabled_at is null
                        """)
                .param("token_hash", tokenHash)
                .param("now", Sql.at(now))
                .query((row, n) -> portalUser(row))
                .optional();
    }

    private static PortalUser portalUser(ResultSet row) throws SQLException {
        return new PortalUser(
                new MerchantId(Sql.text(row, "merchant_id")),
                Sql.text(row, "name"),
                Sql.text(row, "user_name"),
                Role.valueOf(Sql.text(row, "role")));
    }

    /** Uses the invitation up, and all others of the user; false when it was before. */
    boolean acceptInvitation(PortalUser user, String tokenHash, String passwordHash, Instant now) {
        return AuditLog.on(
                                jdbc.sql(
                                        """
                                        with used as (
                                            update invitation set used_at = :now
                                            where token_hash = :token_hash and used_at is null
                                                and expires_at > :now
                                            returning user_name
                                        ),
                                        others as (
                                            update invitation set used_at = :now
                                            where user_name in (select user_name from used)
                                                and token_hash <> :token_hash and used_at is null
                                        ),
                                        changed as (
                                            update portal_user set password_hash = :password_hash
                                            where user_name in (select user_name from used)
                                                and merchant_id = :merchant_id
                                            returning 1
                                        ),
                                        """
                                                + AuditLog.when("changed")
                                                + " select count(*)::int from changed"),
                                AuditEntry.of(
                                        user.merchant(),
                                        AuditAction.USER_PASSWORD_CHOSEN,
                                        user.email()))
                        .param("merchant_id", user.merchant().value())
                        .param("token_hash", tokenHash)
                        .param("password_hash", passwordHash)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** False when somebody has the name already. */
    boolean insert(MerchantId merchant, String userName, Role role, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into portal_user (merchant_id, user_name, role, created_at)
                                values (:merchant_id, :user_name, :role, :now)
                                on conflict (user_name) do nothing
                                """,
                                AuditEntry.of(merchant, AuditAction.USER_INVITED, userName)
                                        .after(Map.of("role", role.wire())))
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("role", role.name())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    void insertInvitation(
            MerchantId merchant, String userName, String tokenHash, Instant now, Instant expires) {
        var _ =
                jdbc.sql(
                                """
                                insert into invitation (token_hash, merchant_id, user_name,
                                    created_at, expires_at)
                                values (:token_hash, :merchant_id, :user_name, :now, :expires_at)
                                """)
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("token_hash", tokenHash)
                        .param("now", Sql.at(now))
                        .param("expires_at", Sql.at(expires))
                        .update();
    }

    /** The former password is no longer right; false when there is no such user. */
    boolean forgetPassword(MerchantId merchant, String userName) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update portal_user set password_hash = null
                                where merchant_id = :merchant_id and user_name = :user_name
                                """,
                                AuditEntry.of(merchant, AuditAction.USER_PASSWORD_RESET, userName))
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .query(Integer.class)
                        .single()
                == 1;
    }

    boolean changeRole(MerchantId merchant, String userName, Role role) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update portal_user set role = :role
                                where merchant_id = :merchant_id and user_name = :user_name
                                """,
                                AuditEntry.of(merchant, AuditAction.USER_ROLE_CHANGED, userName)
                                        .after(Map.of("role", role.wire())))
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("role", role.name())
                        .query(Integer.class)
                        .single()
                == 1;
    }

    boolean disable(MerchantId merchant, String userName, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update portal_user set disabled_at = :now
                                where merchant_id = :merchant_id and user_name = :user_name
                                    and disabled_at is null
                                """,
                                AuditEntry.of(merchant, AuditAction.USER_DISABLED, userName))
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    List<UserDetails> list(MerchantId merchant) {
        return jdbc.sql(
                        """
                        select * from portal_user where merchant_id = :merchant_id
                        order by created_at, user_name
                        """)
                .param("merchant_id", merchant.value())
                .query((row, n) ->
                        new UserDetails(
                                Sql.text(row, "user_name"),
                                Role.valueOf(Sql.text(row, "role")),
                                Sql.textOrNull(row, "password_hash") == null,
                                Sql.instant(row, "created_at"),
                                Sql.instantOrNull(row, "disabled_at")))
                .list();
    }

    /** False when a user of another merchant has the name. */
    boolean upsert(MerchantId merchant, String userName, String passwordHash, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into portal_user (merchant_id, user_name, password_hash, created_at)
                                values (:merchant_id, :user_name, :password_hash, :now)
                                on conflict (user_name) do update
                                set password_hash = excluded.password_hash
                                where portal_user.merchant_id = excluded.merchant_id
                                """,
                                AuditEntry.of(merchant, AuditAction.USER_PASSWORD_RESET, userName))
                        .param("merchant_id", merchant.value())
                        .param("user_name", userName)
                        .param("password_hash", passwordHash)
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Optional<String> passwordHash(MerchantId merchant, String userName) {
        return jdbc.sql(
                        """
                        select password_hash from portal_user
                        where merchant_id = :merchant_id and user_name = :user_name
                            and password_hash is not null and disabled_at is null
                        """)
                .param("merchant_id", merchant.value())
                .param("user_name", userName)
                .query(String.class)
                .optional();
    }
}
