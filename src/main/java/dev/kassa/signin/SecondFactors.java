package dev.kassa.signin;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Vault;
import dev.kassa.merchant.PortalUser;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * What a user shows besides the password: a code of an authenticator app, or a recovery code for
 * when that is lost. Each code is taken once, on whichever server. Passkeys are the other kind of
 * factor: {@link Passkeys}.
 */
@Service
public final class SecondFactors {
    private static final String ISSUER = "Kassa";

    private final FactorTable table;
    private final PasskeyTable passkeys;
    private final Vault vault;
    private final RecoveryCodes codes;
    private final InstantSource clock;
    private final Tries tries = new Tries(Limits.FACTORS_PER_USER);

    SecondFactors(
            FactorTable table,
            PasskeyTable passkeys,
            Vault vault,
            RecoveryCodes codes,
            InstantSource clock) {
        this.table = table;
        this.passkeys = passkeys;
        this.vault = vault;
        this.codes = codes;
        this.clock = clock;
    }

    /**
     * What a user has.
     *
     * @param appSince null without an app
     * @param recoveryCodes how many are left
     */
    public record State(@Nullable Instant appSince, int passkeys, int recoveryCodes) {}

    /**
     * An app that is not the user's yet.
     *
     * @param secret what the user types who cannot scan, in groups
     * @param uri what the QR code says
     * @param sealed comes back with the app's first code
     */
    public record NewApp(String secret, String uri, String sealed) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "NewApp";
        }
    }

    /** Nothing when the user has no second factor. */
    public Optional<State> state(PortalUser user) {
        return table.state(user);
    }

    /** A secret for an app. Nothing is kept before the app's first code. */
    public NewApp newApp(PortalUser user) {
        return show(user, Totp.newSecret());
    }

    /** The app that is being added, shown again. */
    public NewApp sameApp(PortalUser user, String sealed) {
        return show(user, open(user, sealed));
    }

    private NewApp show(PortalUser user, String secret) {
        return new NewApp(
                String.join(" ", secret.split("(?<=\\G.{4})")),
                Totp.uri(secret, user.email(), ISSUER),
                vault.seal(offered(user), secret));
    }

    private String open(PortalUser user, String sealed) {
        try {
            return vault.open(offered(user), sealed);
        } catch (IllegalStateException e) {
            throw Problem.invalid("app", "is not one that was shown here. Begin again.");
        }
    }

    private static Vault.Row offered(PortalUser user) {
        return new Vault.Row("offered portal_totp", user.merchant().value(), user.email());
    }

    /** A user's name is theirs among all merchants. */
    static Vault.Row row(String userName) {
        return new Vault.Row("portal_totp", "", userName);
    }

    /**
     * Makes the app the user's, after its first code.
     *
     * @return the recovery codes if it is the first factor, shown here and never again
     * @throws Problem INVALID with {@code code} when the code is wrong, CONFLICT when the user has
     *     an app
     */
    public List<String> addApp(PortalUser user, String sealed, String code) {
        String secret = open(user, sealed);
        Instant now = Sql.now(clock);
        long step =
                Totp.step(secret, digits(code), now)
                        .orElseThrow(() ->
                                Problem.invalid(
                                        "code",
                                        "is not the app's code of now. If it never is, the"
                                                + " phone's clock is wrong."));
        return codes.add(
                user,
                () -> {
                    if (!table.insert(user, vault.seal(row(user.email()), secret), step, now)) {
                        throw Problem.conflict("You have an authenticator app. Remove it first.");
                    }
                });
    }

    /**
     * Puts new recovery codes in the place of those before.
     *
     * @return the codes, shown here and never again
     * @throws Problem CONFLICT when the user has no factor
     */
    public List<String> newRecoveryCodes(PortalUser user) {
        if (table.state(user).isEmpty()) {
            throw Problem.conflict("You have no second factor.");
        }
        return codes.makeAnew(user);
    }

    /**
     * Forgets the user's app.
     *
     * @throws Problem CONFLICT when there is none
     */
    public void remove(PortalUser user) {
        codes.remove(
                user,
                () -> {
                    if (!table.delete(user)) {
                        throw Problem.conflict("You have no authenticator app.");
                    }
                });
    }

    /** Forgets all that the user has, for one who has lost it: the password alone lets in then. */
    public void forget(PortalUser user) {
        codes.remove(
                user,
                () -> {
                    var _ = table.delete(user);
                    passkeys.deleteAll(user);
                });
    }

    /** What became of a proof. */
    public enum Verdict {
        RIGHT,
        WRONG,
        WRONG_PASSKEY,
        /** Not looked at. */
        TOO_MANY
    }

    /** Takes a code of the app, or a recovery code. */
    public Verdict check(PortalUser user, String code) {
        if (!tries.count(user.email())) {
            return Verdict.TOO_MANY;
        }
        if (!isRight(user, code)) {
            return Verdict.WRONG;
        }
        tries.giveBack(user.email());
        return Verdict.RIGHT;
    }

    private boolean isRight(PortalUser user, String code) {
        Optional<String> sealed = table.sealedSecret(user);
        if (sealed.isPresent()) {
            String secret = vault.open(row(user.email()), sealed.get());
            OptionalLong step = Totp.step(secret, digits(code), Sql.now(clock));
            if (step.isPresent()) {
                return table.take(user, step.getAsLong());
            }
        }
        return isRecovery(user, code);
    }

    /** Who has no factor has codes of none. */
    private boolean isRecovery(PortalUser user, String code) {
        return table.state(user).isPresent() && codes.use(user, code);
    }

    /** Apps show a code in two groups. */
    private static String digits(String code) {
        return code.replaceAll("\\s", "");
    }
}
