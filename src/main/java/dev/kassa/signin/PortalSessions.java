package dev.kassa.signin;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.PortalUser;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Where users are signed in: the table portal_session, which all servers share. The browser has a
 * token, the table its hash.
 */
@Component
public final class PortalSessions {
    /** A session that nobody has used for so long is over. */
    public static final Duration IDLE = Duration.ofHours(1);

    /** A session is over after this, however it is used. */
    public static final Duration LIFE = Duration.ofHours(12);

    /** A use is written when the one before is so long ago. */
    private static final Duration SEEN = Duration.ofMinutes(1);

    private static final int AGENT_CHARS = 200;

    private final JdbcClient jdbc;
    private final InstantSource clock;

    PortalSessions(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** For so long the password alone may wait for the second factor. */
    private static final Duration FACTOR = Duration.ofMinutes(10);

    /** One of a user's sessions, as the user sees it. */
    public record Open(
            UUID id, Instant createdAt, Instant seenAt, String address, String userAgent) {}

    /**
     * A session that is neither over nor ended.
     *
     * @param awaitsFactor only the password was right so far
     * @param confirmedAt when the user last showed who they are
     */
    public record Found(UUID id, String userName, boolean awaitsFactor, Instant confirmedAt) {}

    /** The browser that a user signs in with. */
    record Browser(String address, String userAgent) {}

    /** Signs a user in; answers the token for the browser. Sessions that are over are forgotten. */
    String open(PortalUser user, Browser browser) {
        String token = Secrets.text(32);
        UUID id = UUID.randomUUID();
        Instant now = Sql.now(clock);
        var _ =
                AuditLog.on(
                                jdbc.sql(
                                        """
                                        with over as (
                                            delete from portal_session where user_name = :user_name
                                                and (expires_at < :now or seen_at < :idle_since)
                                        ),
                                        opened as (
                                            insert into portal_session (token_hash,
                                                portal_session_id, user_name, created_at, seen_at,
                                                confirmed_at, expires_at, address, user_agent)
                                            values (:token_hash, :id, :user_name, :now, :now,
                                                :now, :expires_at, :address, :user_agent)
                                            returning 1
                                        ),
                                        """
                                                + AuditLog.when("opened")
                                                + " select count(*)::int from opened"),
                                AuditEntry.of(
                                                user.merchant(),
                                                AuditAction.USER_SIGNED_IN,
                                                user.email())
                                        .after(Map.of("portal_session_id", id.toString())))
                        .param("token_hash", Secrets.hash(token))
                        .param("id", id)
                        .param("user_name", user.email())
                        .param("now", Sql.at(now))
                        .param("idle_since", Sql.at(now.minus(IDLE)))
                        .param("expires_at", Sql.at(now.plus(LIFE)))
                        .param("address", browser.address())
                        .param("user_agent", Text.storable(browser.userAgent(), AGENT_CHARS))
                        .query(Integer.class)
                        .single();
        return token;
    }

    /**
     * A session that opens nothing until the second factor was shown; answers its token. It is no
     * sign-in yet, and no line of the audit log.
     */
    String openAwaitingFactor(PortalUser user, Browser browser) {
        String token = Secrets.text(32);
        Instant now = Sql.now(clock);
        var _ =
                jdbc.sql(
                                """
                                insert into portal_session (token_hash, portal_session_id,
                                    user_name, created_at, seen_at, confirmed_at, expires_at,
                                    address, user_agent, awaits_factor)
                                values (:token_hash, :id, :user_name, :now, :now, :now,
                                    :expires_at, :address, :user_agent, true)
                                """)
                        .param("token_hash", Secrets.hash(token))
                        .param("id", UUID.randomUUID())
                        .param("user_name", user.email())
                        .param("now", Sql.at(now))
                        .param("expires_at", Sql.at(now.plus(FACTOR)))
                        .param("address", browser.address())
                        .param("user_agent", Text.storable(browser.userAgent(), AGENT_CHARS))
                        .update();
        return token;
    }

    /** Forgets a session that waited for the second factor; false when it is none any more. */
    boolean endAwaitingFactor(UUID id) {
        return jdbc.sql(
                                "delete from portal_session where portal_session_id = :id and awaits_factor")
                        .param("id", id)
                        .update()
                == 1;
    }

    /** The user has just shown who they are. */
    void confirm(UUID id) {
        var _ =
                jdbc.sql(
                                """
                                update portal_session set confirmed_at = :now
                                where portal_session_id = :id and not awaits_factor
                                """)
                        .param("now", Sql.at(Sql.now(clock)))
                        .param("id", id)
                        .update();
    }

    /**
     * The session of this token; writes that it was used.
     *
     * @param byPerson whether a person did something: a page that looks by itself keeps no session
     *     open
     */
    Optional<Found> find(String token, boolean byPerson) {
        Instant now = Sql.now(clock);
        record Row(Found found, Instant seenAt) {}
        Optional<Row> row =
                jdbc.sql(
                                """
                                select portal_session_id, user_name, seen_at, awaits_factor,
                                    confirmed_at
                                from portal_session
                                where token_hash = :token_hash and expires_at > :now
                                    and seen_at > :idle_since
                                """)
                        .param("token_hash", Secrets.hash(token))
                        .param("now", Sql.at(now))
                        .param("idle_since", Sql.at(now.minus(IDLE)))
                        .query((one, n) ->
                                new Row(
                                        new Found(
                                                Sql.uuid(one, "portal_session_id"),
                                                Sql.text(one, "user_name"),
                                                one.getBoolean("awaits_factor"),
                                                Sql.instant(one, "confirmed_at")),
                                        Sql.instant(one, "seen_at")))
                        .optional();
        if (byPerson && row.isPresent() && row.get().seenAt().isBefore(now.minus(SEEN))) {
            var _ =
                    jdbc.sql(
                                    """
                                    update portal_session set seen_at = :now
                                    where token_hash = :token_hash and seen_at < :now
                                    """)
                            .param("token_hash", Secrets.hash(token))
                            .param("now", Sql.at(now))
                            .update();
        }
        return row.map(Row::found);
    }

    /** The user's sessions, the one used last first. */
    public List<Open> list(String userName) {
        Instant now = Sql.now(clock);
        return jdbc.sql(
                        """
                        select * from portal_session
                        where user_name = :user_name and not awaits_factor
                            and expires_at > :now and seen_at > :idle_since
                        order by seen_at desc, created_at desc
                        """)
                .param("user_name", userName)
                .param("now", Sql.at(now))
                .param("idle_since", Sql.at(now.minus(IDLE)))
                .query((row, n) ->
                        new Open(
                                Sql.uuid(row, "portal_session_id"),
                                Sql.instant(row, "created_at"),
                                Sql.instant(row, "seen_at"),
                                Sql.text(row, "address"),
                                Sql.text(row, "user_agent")))
                .list();
    }

    /**
     * Ends all of a user's sessions, in the transaction of the change that is the reason, whose
     * line of the audit log tells of it.
     */
    public void endAll(String userName) {
        var _ =
                jdbc.sql("delete from portal_session where user_name = :user_name")
                        .param("user_name", userName)
                        .update();
    }

    /** Ends one of the user's sessions; false when it is none of theirs. */
    public boolean end(PortalUser user, UUID id) {
        return AuditLog.audited(
                                jdbc,
                                """
                                delete from portal_session
                                where portal_session_id = :id and user_name = :user_name
                                """,
                                AuditEntry.of(
                                                user.merchant(),
                                                AuditAction.USER_SIGNED_OUT,
                                                user.email())
                                        .before(Map.of("portal_session_id", id.toString())))
                        .param("id", id)
                        .param("user_name", user.email())
                        .query(Integer.class)
                        .single()
                == 1;
    }
}
