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
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tables portal_user and invitation. */
@Component
final class UserTable {
    private static final String PORTAL_USER =
            """
            merchant_id, merchant.name, user_name, role,
                coalesce(
                    (select time_zone from location
                        where location.merchant_id = merchant.merchant_id
                        order by location.created_at, location_id limit 1),
                    time_zone_of(merchant.country)) as time_zone
            """;

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
                        select %s
                        from portal_user join merchant using (merchant_id)
                        where user_name = :user_name and portal_user.disabled_at is null
                            and merchant.disabled_at is null
                        """
                                .formatted(PORTAL_USER))
                .param("user_name", userName)
                .query((row, n) -> portalUser(row))
                .optional();
    }

    Optional<PortalUser> invitedOfAnyMerchant(String tokenHash, Instant now) {
        return jdbc.sql(
                        """
                        select %s
                        from invitation join portal_user using (user_name, merchant_id)
                            join merchant using (merchant_id)
                        where token_hash = :token_hash and used_at is null and expires_at > :now
                            and portal_user.disabled_at is null and merchant.disabled_at is null
                        """
                                .formatted(PORTAL_USER))
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
                Role.valueOf(Sql.text(row, "role")),
                ZoneId.of(Sql.text(row, "time_zone")));
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

    /** What came of a change that somebody makes to a user. */
    enum Changed {
        DONE,
        /** There is none, or nothing is to be changed. */
        NONE,
        /** The user has a role that whoever asks could not give. */
        ABOVE,
        /** Nobody would be left who can let people in. */
        LAST_OWNER
    }

    /**
     * What is to be changed.
     *
     * @param set the new values
     * @param ofEnabled not of a user who is disabled already
     * @param action what the audit log says of it
     */
    record Change(String set, boolean ofEnabled, @Nullable Role role, AuditAction action) {
        static Change role(Role role) {
            return new Change("role = :role", false, role, AuditAction.USER_ROLE_CHANGED);
        }

        static Change disable() {
            return new Change("disabled_at = :now", true, null, AuditAction.USER_DISABLED);
        }

        /** The former password is no longer right. */
        static Change forgetPassword() {
            return new Change("password_hash = null", false, null, AuditAction.USER_PASSWORD_RESET);
        }
    }

    /**
     * Of two who would each leave the other as the last owner the second sees what the first has
     * done: both lock all owners, in one order. An owner who has not chosen a password yet can let
     * nobody in, and does not count.
     */
    private static final String CHANGE =
            """
            with owners as (
                select user_name from portal_user
                where merchant_id = :merchant_id and role = 'OWNER' and disabled_at is null
                    and password_hash is not null and :keeps_an_owner
                order by user_name
                for no key update
            ),
            others as (
                select count(*) as count from owners where user_name <> :user_name
            ),
            changed as (
                update portal_user set %s
                from others
                where merchant_id = :merchant_id and user_name = :user_name
                    and role = any(:reach::text[]) and (disabled_at is null or not :of_enabled)
                    and (not :keeps_an_owner or others.count > 0 or role <> 'OWNER'
                        or disabled_at is not null)
                returning 1
            ),
            """
                    + AuditLog.when("changed")
                    + """
                    select case
                        when exists (select from changed) then 'DONE'
                        when not exists (select from portal_user
                            where merchant_id = :merchant_id and user_name = :user_name
                                and (disabled_at is null or not :of_enabled)) then 'NONE'
                        when not exists (select from portal_user
                            where merchant_id = :merchant_id and user_name = :user_name
                                and role = any(:reach::text[])) then 'ABOVE'
                        when not :keeps_an_owner then 'NONE'
                        else 'LAST_OWNER' end
                    """;

    /**
     * Changes a user.
     *
     * @param by null for an operator, who may leave a merchant without an owner
     */
    Changed change(
            MerchantId merchant,
            String userName,
            Change change,
            @Nullable PortalUser by,
            Instant now) {
        Role role = change.role();
        AuditEntry entry = AuditEntry.of(merchant, change.action(), userName);
        return AuditLog.on(
                        jdbc.sql(CHANGE.replace("set %s", "set " + change.set())),
                        role == null ? entry : entry.after(Map.of("role", role.wire())))
                .param("merchant_id", merchant.value())
                .param("user_name", userName)
                .param("role", role == null ? null : role.name())
                .param("reach", reach(by))
                .param("keeps_an_owner", by != null && role != Role.OWNER)
                .param("of_enabled", change.ofEnabled())
                .param("now", Sql.at(now))
                .query((row, n) -> Changed.valueOf(row.getString(1)))
                .single();
    }

    /** The roles of those whom one may change: those that one could have given. */
    private static @Nullable String[] reach(@Nullable PortalUser by) {
        return Sql.column(
                Arrays.stream(Role.values())
                        .filter(role -> by == null || by.role().mayHandOut(role))
                        .toList(),
                Role::name);
    }

    List<UserDetails> list(MerchantId merchant) {
        return jdbc.sql(
                        """
                        select * from portal_user where merchant_id = :merchant_id
                        order by created_at, user_name
                        """)
                .param("merchant_id", merchant.value())
                .query((row, n) -> details(row))
                .list();
    }

    List<UserDetails> byName(MerchantId merchant, String after, int limit) {
        return jdbc.sql(
                        """
                        select * from portal_user
                        where merchant_id = :merchant_id and user_name > :after
                        order by user_name limit :limit
                        """)
                .param("merchant_id", merchant.value())
                .param("after", after)
                .param("limit", limit)
                .query((row, n) -> details(row))
                .list();
    }

    private static UserDetails details(ResultSet row) throws SQLException {
        return new UserDetails(
                Sql.text(row, "user_name"),
                Role.valueOf(Sql.text(row, "role")),
                Sql.textOrNull(row, "password_hash") == null,
                Sql.instant(row, "created_at"),
                Sql.instantOrNull(row, "disabled_at"));
    }

    Optional<UserDetails> find(MerchantId merchant, String userName) {
        return jdbc.sql(
                        """
                        select * from portal_user
                        where merchant_id = :merchant_id and user_name = :user_name
                        """)
                .param("merchant_id", merchant.value())
                .param("user_name", userName)
                .query((row, n) -> details(row))
                .optional();
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

    /** The same password, hashed in another way; nothing when it was changed meanwhile. */
    void rehash(PortalUser user, String before, String after) {
        var _ =
                jdbc.sql(
                                """
                                update portal_user set password_hash = :after
                                where merchant_id = :merchant_id and user_name = :user_name
                                    and password_hash = :before
                                """)
                        .param("after", after)
                        .param("merchant_id", user.merchant().value())
                        .param("user_name", user.email())
                        .param("before", before)
                        .update();
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
