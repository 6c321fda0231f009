package dev.kassa.signin;

import com.webauthn4j.util.exception.WebAuthnException;
import dev.kassa.database.Sql;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.PortalUser;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialCreationOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialRequestOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;
import org.springframework.stereotype.Service;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A user's passkeys (WebAuthn): keys in a phone, a computer or a security key, which sign what the
 * server asks for this site and no other. What is asked is kept with the browser's session, good
 * for one answer within five minutes.
 */
@Service
public final class Passkeys {
    private static final Logger LOG = LoggerFactory.getLogger(Passkeys.class);

    private static final Duration GOOD_FOR = Duration.ofMinutes(5);

    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new WebauthnJacksonModule()).build();

    private final PasskeyTable table;
    private final RecoveryCodes codes;
    private final PublicUrl publicUrl;
    private final InstantSource clock;

    Passkeys(PasskeyTable table, RecoveryCodes codes, PublicUrl publicUrl, InstantSource clock) {
        this.table = table;
        this.codes = codes;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    /** A passkey as its user sees it. */
    public record Passkey(UUID id, String label, Instant createdAt, @Nullable Instant lastUsedAt) {}

    public List<Passkey> list(PortalUser user) {
        return table.list(user);
    }

    /** Whether browsers take passkeys for the address that this request came to. */
    public boolean workHere(HttpServletRequest request) {
        return RelyingParty.of(publicUrl, request).isPresent();
    }

    private RelyingParty site(HttpServletRequest request) {
        return RelyingParty.of(publicUrl, request)
                .orElseThrow(() ->
                        Problem.conflict(
                                "Passkeys work only where the portal has a name and HTTPS, or is"
                                        + " called localhost."));
    }

    /**
     * What the browser needs to make a passkey: PublicKeyCredentialCreationOptionsJSON.
     *
     * @throws Problem CONFLICT when passkeys do not work at this address, or the user has as many
     *     as they may
     */
    public String offer(SignedIn signedIn, HttpServletRequest request) {
        RelyingParty site = site(request);
        List<CredentialRecord> records = table.records(signedIn.user());
        if (records.size() >= Limits.PASSKEYS_PER_USER) {
            throw full();
        }
        Bytes handle =
                records.isEmpty() ? Bytes.random() : records.getFirst().getUserEntityUserId();
        Bytes challenge = ask(signedIn, handle);
        PasskeysOfUser user = new PasskeysOfUser(signedIn.user(), handle, records);
        return JSON.writeValueAsString(creation(site.operations(user), signedIn, challenge));
    }

    private static Problem full() {
        return Problem.conflict(
                "You have " + Limits.PASSKEYS_PER_USER + " passkeys. Remove one first.");
    }

    private Bytes ask(SignedIn signedIn, @Nullable Bytes handle) {
        Bytes challenge = Bytes.random();
        table.ask(
                signedIn.user(),
                session(signedIn),
                new PasskeyTable.Challenge(challenge, handle),
                Sql.now(clock).plus(GOOD_FOR));
        return challenge;
    }

    private static UUID session(SignedIn signedIn) {
        return Objects.requireNonNull(signedIn.session(), "a request is of a session").id();
    }

    private static PublicKeyCredentialCreationOptions creation(
            Webauthn4JRelyingPartyOperations operations, SignedIn signedIn, Bytes challenge) {
        operations.setCustomizeCreationOptions(options -> {
            var _ =
                    options.challenge(challenge)
                            .timeout(GOOD_FOR)
                            // Security keys with no room for it make one as well.
                            .authenticatorSelection(
                                    AuthenticatorSelectionCriteria.builder()
                                            .userVerification(UserVerificationRequirement.PREFERRED)
                                            .residentKey(ResidentKeyRequirement.PREFERRED)
                                            .build());
        });
        return operations.createPublicKeyCredentialCreationOptions(
                new ImmutablePublicKeyCredentialCreationOptionsRequest(signedIn));
    }

    /**
     * Makes the passkey that the browser has made the user's.
     *
     * @param answer RegistrationResponseJSON
     * @return the recovery codes if it is the first factor, shown here and never again
     * @throws Problem INVALID with {@code label} or {@code passkey}; CONFLICT when it is somebody's
     *     already
     */
    public List<String> add(
            SignedIn signedIn, HttpServletRequest request, String label, String answer) {
        String name = label.strip();
        if (name.isEmpty()
                || !Text.isStorable(name)
                || name.codePointCount(0, name.length()) > Limits.PASSKEY_LABEL_CHARS) {
            throw Problem.invalid(
                    "label", "must have 1 to " + Limits.PASSKEY_LABEL_CHARS + " characters");
        }
        PortalUser user = signedIn.user();
        CredentialRecord made =
                verified(signedIn, site(request), name, answer)
                        .orElseThrow(() ->
                                Problem.invalid("passkey", "is none that was asked for here"));
        return codes.add(
                user,
                () -> {
                    if (table.list(user).size() >= Limits.PASSKEYS_PER_USER) {
                        throw full();
                    }
                    if (!table.insert(user, made, Sql.now(clock))) {
                        throw Problem.conflict("This passkey was added before.");
                    }
                });
    }

    private Optional<CredentialRecord> verified(
            SignedIn signedIn, RelyingParty site, String label, String answer) {
        Optional<PasskeyTable.Challenge> asked =
                table.answered(signedIn.user(), session(signedIn), true, Sql.now(clock));
        Bytes handle = asked.map(PasskeyTable.Challenge::userHandle).orElse(null);
        if (asked.isEmpty() || handle == null) {
            return Optional.empty();
        }
        try {
            PasskeysOfUser user =
                    new PasskeysOfUser(signedIn.user(), handle, table.records(signedIn.user()));
            Webauthn4JRelyingPartyOperations operations = site.operations(user);
            return Optional.of(
                    operations.registerCredential(
                            new ImmutableRelyingPartyRegistrationRequest(
                                    creation(operations, signedIn, asked.get().challenge()),
                                    new RelyingPartyPublicKey(
                                            PasskeyAnswers.attestation(answer), label))));
        } catch (WebAuthnException | IllegalArgumentException | JacksonException | Problem e) {
            LOG.debug("A passkey was not made", e);
            return Optional.empty();
        }
    }

    /**
     * What the browser needs to ask for one of the user's passkeys:
     * PublicKeyCredentialRequestOptionsJSON. Nothing when they have none, or none works here.
     */
    public Optional<String> ask(SignedIn signedIn, HttpServletRequest request) {
        List<CredentialRecord> records = table.records(signedIn.user());
        return records.isEmpty()
                ? Optional.empty()
                : RelyingParty.of(publicUrl, request)
                        .map(site ->
                                JSON.writeValueAsString(
                                        request(
                                                site.operations(of(signedIn, records)),
                                                signedIn,
                                                ask(signedIn, (Bytes) null))));
    }

    private static PasskeysOfUser of(SignedIn signedIn, List<CredentialRecord> records) {
        return new PasskeysOfUser(
                signedIn.user(), records.getFirst().getUserEntityUserId(), records);
    }

    private static PublicKeyCredentialRequestOptions request(
            Webauthn4JRelyingPartyOperations operations, SignedIn signedIn, Bytes challenge) {
        operations.setCustomizeRequestOptions(options -> {
            var _ = options.challenge(challenge).timeout(GOOD_FOR);
        });
        return operations.createCredentialRequestOptions(
                new ImmutablePublicKeyCredentialRequestOptionsRequest(signedIn));
    }

    /**
     * Whether this is what was asked, signed by one of the user's passkeys. No guesses are counted:
     * a signature cannot be guessed.
     *
     * @param answer AuthenticationResponseJSON
     */
    public boolean check(SignedIn signedIn, HttpServletRequest request, String answer) {
        Instant now = Sql.now(clock);
        Optional<PasskeyTable.Challenge> asked =
                table.answered(signedIn.user(), session(signedIn), false, now);
        List<CredentialRecord> records = table.records(signedIn.user());
        Optional<RelyingParty> site = RelyingParty.of(publicUrl, request);
        // With no list of passkeys the library would take any.
        if (asked.isEmpty() || records.isEmpty() || site.isEmpty()) {
            return false;
        }
        PasskeysOfUser user = of(signedIn, records);
        try {
            Webauthn4JRelyingPartyOperations operations = site.get().operations(user);
            var _ =
                    operations.authenticate(
                            new RelyingPartyAuthenticationRequest(
                                    request(operations, signedIn, asked.get().challenge()),
                                    PasskeyAnswers.assertion(answer)));
        } catch (WebAuthnException | IllegalArgumentException | JacksonException | Problem e) {
            LOG.debug("A passkey was not taken", e);
            return false;
        }
        if (!table.take(signedIn.user(), user.saved(), now)) {
            LOG.warn(
                    "The passkey {} of {} signs with a count that was seen before: its key may be"
                            + " in other hands too",
                    user.saved().getLabel(),
                    signedIn.user().email());
            return false;
        }
        return true;
    }

    /**
     * Forgets one of the user's passkeys.
     *
     * @throws Problem NOT_FOUND when it is none of theirs
     */
    public void remove(PortalUser user, UUID id) {
        codes.remove(
                user,
                () -> {
                    if (!table.delete(user, id)) {
                        throw Problem.notFound("You have no such passkey any more.");
                    }
                });
    }
}
