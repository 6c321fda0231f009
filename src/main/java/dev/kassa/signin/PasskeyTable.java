package dev.kassa.signin;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.merchant.PortalUser;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutableCredentialRecord;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.stereotype.Repository;

/** The tables portal_passkey and portal_passkey_challenge. */
@Repository
class PasskeyTable {
    private final JdbcClient jdbc;

    PasskeyTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static AuditEntry entry(PortalUser user, AuditAction action) {
        return AuditEntry.of(user.merchant(), action, user.email());
    }

    /** False when there is such a passkey already, of whichever user. */
    boolean insert(PortalUser user, CredentialRecord made, Instant now) {
        return AuditLog.audited(
                                jdbc,
                                """
                                insert into portal_passkey (credential_id, passkey_id, user_name,
                                    user_handle, label, attestation_object, transports,
                                    signature_count, created_at)
                                values (:credential_id, :passkey_id, :user_name, :user_handle,
                                    :label, :attestation_object, :transports, :signature_count,
                                    :now)
                                on conflict do nothing
                                """,
                                entry(user, AuditAction.USER_PASSKEY_ADDED)
                                        .after(Map.of("label", made.getLabel())))
                        .param("credential_id", made.getCredentialId().getBytes())
                        .param("passkey_id", UUID.randomUUID())
                        .param("user_name", user.email())
                        .param("user_handle", made.getUserEntityUserId().getBytes())
                        .param("label", made.getLabel())
                        .param("attestation_object", bytes(made.getAttestationObject()))
                        .param(
                                "transports",
                                made.getTransports().stream()
                                        .map(AuthenticatorTransport::getValue)
                                        .sorted()
                                        .toArray(String[]::new))
                        .param("signature_count", made.getSignatureCount())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single()
                == 1;
    }

    private static byte @Nullable [] bytes(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.getBytes();
    }

    /** What the user sees of them, the oldest first. */
    List<Passkeys.Passkey> list(PortalUser user) {
        return jdbc.sql(
                        """
                        select passkey_id, label, created_at, last_used_at from portal_passkey
                        where user_name = :user_name order by created_at, passkey_id
                        """)
                .param("user_name", user.email())
                .query((row, n) ->
                        new Passkeys.Passkey(
                                Sql.uuid(row, "passkey_id"),
                                Sql.text(row, "label"),
                                Sql.instant(row, "created_at"),
                                Sql.instantOrNull(row, "last_used_at")))
                .list();
    }

    /** What the library checks signatures with. */
    List<CredentialRecord> records(PortalUser user) {
        return jdbc.sql(
                        """
                        select * from portal_passkey
                        where user_name = :user_name order by created_at, passkey_id
                        """)
                .param("user_name", user.email())
                .query((row, n) -> record(row))
                .list();
    }

    private static CredentialRecord record(ResultSet row) throws SQLException {
        return ImmutableCredentialRecord.builder()
                .credentialType(PublicKeyCredentialType.PUBLIC_KEY)
                .credentialId(new Bytes(row.getBytes("credential_id")))
                .userEntityUserId(new Bytes(row.getBytes("user_handle")))
                .attestationObject(new Bytes(row.getBytes("attestation_object")))
                .transports(transports((String[]) row.getArray("transports").getArray()))
                .signatureCount(row.getLong("signature_count"))
                .label(Sql.text(row, "label"))
                .build();
    }

    private static Set<AuthenticatorTransport> transports(String[] values) {
        return Arrays.stream(values)
                .map(AuthenticatorTransport::valueOf)
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Takes a signature. An authenticator that counts must be ahead of what was seen of it, or its
     * key is in two places.
     */
    boolean take(PortalUser user, CredentialRecord used, Instant now) {
        return jdbc.sql(
                                """
                                update portal_passkey
                                set signature_count = :signature_count, last_used_at = :now
                                where user_name = :user_name and credential_id = :credential_id
                                    and (signature_count < :signature_count
                                        or (signature_count = 0 and :signature_count = 0))
                                """)
                        .param("signature_count", used.getSignatureCount())
                        .param("now", Sql.at(now))
                        .param("user_name", user.email())
                        .param("credential_id", used.getCredentialId().getBytes())
                        .update()
                == 1;
    }

    /** Forgets all of the user's. */
    void deleteAll(PortalUser user) {
        var _ =
                AuditLog.audited(
                                jdbc,
                                "delete from portal_passkey where user_name = :user_name",
                                entry(user, AuditAction.USER_PASSKEY_REMOVED))
                        .param("user_name", user.email())
                        .query(Integer.class)
                        .single();
    }

    /** False when it is none of the user's. */
    boolean delete(PortalUser user, UUID id) {
        return AuditLog.audited(
                                jdbc,
                                """
                                delete from portal_passkey
                                where user_name = :user_name and passkey_id = :passkey_id
                                """,
                                entry(user, AuditAction.USER_PASSKEY_REMOVED)
                                        .before(Map.of("passkey_id", id.toString())))
                        .param("user_name", user.email())
                        .param("passkey_id", id)
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /**
     * What is to be signed.
     *
     * @param userHandle of a passkey that is being made; null when one is asked for
     */
    record Challenge(Bytes challenge, @Nullable Bytes userHandle) {}

    /** Asks for a signature in one of the user's sessions. */
    void ask(PortalUser user, UUID session, Challenge challenge, Instant until) {
        var _ =
                jdbc.sql(
                                """
                                insert into portal_passkey_challenge (portal_session_id, makes,
                                    challenge, user_handle, expires_at)
                                select portal_session_id, :makes, :challenge, :user_handle, :until
                                from portal_session
                                where portal_session_id = :session and user_name = :user_name
                                on conflict (portal_session_id, makes) do update
                                set challenge = excluded.challenge,
                                    user_handle = excluded.user_handle,
                                    expires_at = excluded.expires_at
                                """)
                        .param("makes", challenge.userHandle() != null)
                        .param("challenge", challenge.challenge().getBytes())
                        .param("user_handle", bytes(challenge.userHandle()))
                        .param("until", Sql.at(until))
                        .param("session", session)
                        .param("user_name", user.email())
                        .update();
    }

    /**
     * What was asked in the session, if it is not too late. It is asked no longer.
     *
     * @param makes of a passkey that is being made
     */
    Optional<Challenge> answered(PortalUser user, UUID session, boolean makes, Instant now) {
        return jdbc.sql(
                        """
                        with taken as (
                            delete from portal_passkey_challenge
                            where makes = :makes and portal_session_id in (select portal_session_id
                                from portal_session
                                where portal_session_id = :session and user_name = :user_name)
                            returning *
                        )
                        select * from taken where expires_at > :now
                        """)
                .param("makes", makes)
                .param("session", session)
                .param("user_name", user.email())
                .param("now", Sql.at(now))
                .query((row, n) -> {
                    byte[] handle = row.getBytes("user_handle");
                    return new Challenge(
                            new Bytes(row.getBytes("challenge")),
                            handle == null ? null : new Bytes(handle));
                })
                .optional();
    }
}
