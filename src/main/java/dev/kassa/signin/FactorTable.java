package dev.kassa.signin;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.Secrets;
import dev.kassa.merchant.PortalUser;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The tables portal_totp and portal_recovery_code. */
@Repository
class FactorTable {
    private final JdbcClient jdbc;

    FactorTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static AuditEntry entry(PortalUser user, AuditAction action) {
        return AuditEntry.of(user.merchant(), action, user.email());
    }

    /** False when the user has an app already. */
    boolean insert(PortalUser user, String sealedSecret, long step, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into portal_totp (user_name, sealed_secret, created_at,
                                    last_step)
                                values (:user_name, :sealed_secret, :now, :step)
                                on conflict do nothing
                                """,
                                entry(user, AuditAction.USER_TOTP_ADDED))
                        .param("user_name", user.email())
                        .param("sealed_secret", sealedSecret)
                        .param("now", Sql.at(now))
                        .param("step", step)
                        .query(Integer.class)
                        .single()
                == 1;
    }

    Optional<String> sealedSecret(PortalUser user) {
        return jdbc.sql("select sealed_secret from portal_totp where user_name = :user_name")
                .param("user_name", user.email())
                .query(String.class)
                .optional();
    }

    /** Takes the code of a step, unless it or a later one was taken before. */
    boolean take(PortalUser user, long step) {
        return jdbc.sql(
                                """
                                update portal_totp set last_step = :step
                                where user_name = :user_name and last_step < :step
                                """)
                        .param("step", step)
                        .param("user_name", user.email())
                        .update()
                == 1;
    }

    /** Puts new recovery codes in the place of those before. */
    void replaceCodes(PortalUser user, List<String> codes, Instant now) {
        var _ =
                AuditLog.on(
                                jdbc.sql(
                                        """
                                        with gone as (
                                            delete from portal_recovery_code
                                            where user_name = :user_name
                                        ),
                                        made as (
                                            insert into portal_recovery_code (user_name,
                                                code_hash, created_at)
                                            select :user_name, unnest(:hashes), :now
                                            returning 1
                                        ),
                                        """
                                                + AuditLog.when("made")
                                                + " select count(*)::int from made"),
                                entry(user, AuditAction.USER_RECOVERY_CODES_MADE))
                        .param("user_name", user.email())
                        .param("hashes", codes.stream().map(Secrets::hash).toArray(String[]::new))
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single();
    }

    /** Uses a recovery code up; false when it is none of the user's, or used. */
    boolean useCode(PortalUser user, String code, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update portal_recovery_code set used_at = :now
                                where user_name = :user_name and code_hash = :hash
                                    and used_at is null
                                """,
                                entry(user, AuditAction.USER_RECOVERY_CODE_USED))
                        .param("now", Sql.at(now))
                        .param("user_name", user.email())
                        .param("hash", Secrets.hash(code))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** Forgets the app; false when there was none. */
    boolean delete(PortalUser user) {
        return AuditLog.audited(
                                jdbc,
                                "delete from portal_totp where user_name = :user_name",
                                entry(user, AuditAction.USER_TOTP_REMOVED))
                        .param("user_name", user.email())
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** Forgets the recovery codes, with the factor whose line the audit log has. */
    void deleteCodes(PortalUser user) {
        var _ =
                jdbc.sql("delete from portal_recovery_code where user_name = :user_name")
                        .param("user_name", user.email())
                        .update();
    }

    /**
     * Waits for whoever is changing this user's factors, and keeps others waiting until the
     * transaction ends: which is the first and which the last then still holds when it is written.
     */
    void lock(PortalUser user) {
        var _ =
                jdbc.sql(
                                """
                                select pg_advisory_xact_lock(
                                    hashtextextended('factors of ' || :user_name, 0))
                                """)
                        .param("user_name", user.email())
                        .query((row, n) -> n)
                        .list();
    }

    Optional<SecondFactors.State> state(PortalUser user) {
        return jdbc.sql(
                        """
                        select * from (select
                            (select created_at from portal_totp
                                where user_name = :user_name) as app_since,
                            (select count(*)::int from portal_passkey
                                where user_name = :user_name) as passkeys,
                            (select count(*)::int from portal_recovery_code
                                where user_name = :user_name and used_at is null) as codes) factors
                        where app_since is not null or passkeys > 0
                        """)
                .param("user_name", user.email())
                .query((row, n) ->
                        new SecondFactors.State(
                                Sql.instantOrNull(row, "app_since"),
                                row.getInt("passkeys"),
                                row.getInt("codes")))
                .optional();
    }
}
