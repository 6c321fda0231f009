package dev.kassa.signin;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Users;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.springframework.stereotype.Service;

/**
 * Asks a signed-in user once more who they are, before what moves money, shows a secret or changes
 * who may do what. The answer is good for five minutes: a code or a passkey where they have a
 * second factor, the password otherwise.
 */
@Service
public final class Confirmations {
    private static final Duration GOOD_FOR = Duration.ofMinutes(5);

    private final PortalSessions sessions;
    private final SecondFactors factors;
    private final Passkeys passkeys;
    private final Users users;
    private final InstantSource clock;
    private final Tries tries = new Tries(Limits.FACTORS_PER_USER);

    Confirmations(
            PortalSessions sessions,
            SecondFactors factors,
            Passkeys passkeys,
            Users users,
            InstantSource clock) {
        this.sessions = sessions;
        this.factors = factors;
        this.passkeys = passkeys;
        this.users = users;
        this.clock = clock;
    }

    /** What a user is asked for. */
    public enum Proof {
        CODE,
        PASSWORD
    }

    /** Whether the user has shown who they are, in the last five minutes. */
    public boolean isFresh(SignedIn signedIn) {
        return session(signedIn).confirmedAt().isAfter(Sql.now(clock).minus(GOOD_FOR));
    }

    public Proof needed(SignedIn signedIn) {
        return factors.state(signedIn.user()).isPresent() ? Proof.CODE : Proof.PASSWORD;
    }

    /** Takes the proof; if it is right, the next five minutes ask for none. */
    public SecondFactors.Verdict confirm(SignedIn signedIn, String proof) {
        SecondFactors.Verdict verdict =
                needed(signedIn) == Proof.CODE
                        ? factors.check(signedIn.user(), proof)
                        : password(signedIn, proof);
        if (verdict == SecondFactors.Verdict.RIGHT) {
            sessions.confirm(session(signedIn).id());
        }
        return verdict;
    }

    /** The same by a passkey, in the place of a code. */
    public SecondFactors.Verdict confirmByPasskey(
            SignedIn signedIn, HttpServletRequest request, String answer) {
        if (!passkeys.check(signedIn, request, answer)) {
            return SecondFactors.Verdict.WRONG_PASSKEY;
        }
        sessions.confirm(session(signedIn).id());
        return SecondFactors.Verdict.RIGHT;
    }

    /** Whoever is at the machine of a playground is its owner. */
    public void confirmAtOwnMachine(SignedIn signedIn) {
        sessions.confirm(session(signedIn).id());
    }

    private SecondFactors.Verdict password(SignedIn signedIn, String password) {
        String name = signedIn.user().email();
        if (!tries.count(name)) {
            return SecondFactors.Verdict.TOO_MANY;
        }
        if (users.signIn(name, password).isEmpty()) {
            return SecondFactors.Verdict.WRONG;
        }
        tries.giveBack(name);
        return SecondFactors.Verdict.RIGHT;
    }

    private static PortalSessions.Found session(SignedIn signedIn) {
        return Objects.requireNonNull(signedIn.session(), "a request is of a session");
    }
}
