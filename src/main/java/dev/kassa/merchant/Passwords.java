package dev.kassa.merchant;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Which passwords may be chosen, and how they are kept: as hashes that say by which function, so
 * that a better one can take over while people sign in. Hashes from before that are of bcrypt.
 */
@Component
final class Passwords {
    /** Characters, at least. */
    static final int LEAST_CHARS = 12;

    /** Bytes, at most: bcrypt reads no more. */
    private static final int BYTES = 72;

    /** Of zxcvbn's scores from 0 to 4: 10^8 guesses and more. */
    private static final int LEAST_SCORE = 3;

    private static final String FIELD = "password";

    private final Zxcvbn strengths = new Zxcvbn();
    private final BreachedPasswords breached;
    private final PasswordEncoder encoder = encoder();

    /** The hash of a password that nobody has. */
    private final String nobody = hash(Secrets.text(24));

    Passwords(BreachedPasswords breached) {
        this.breached = breached;
    }

    private static PasswordEncoder encoder() {
        BCryptPasswordEncoder bcrypt = new BCryptPasswordEncoder();
        DelegatingPasswordEncoder encoder =
                new DelegatingPasswordEncoder("bcrypt", Map.of("bcrypt", bcrypt));
        encoder.setDefaultPasswordEncoderForMatches(bcrypt);
        return encoder;
    }

    /**
     * Refuses what is too short, too long, easy to guess for somebody who knows the user, or known
     * from breaches.
     *
     * @throws Problem INVALID with {@code password}; its code says which
     */
    void check(PortalUser user, String password) {
        if (password.codePointCount(0, password.length()) < LEAST_CHARS) {
            throw Problem.invalid(
                    "SHORT", FIELD, "must have at least " + LEAST_CHARS + " characters");
        }
        if (!fits(password)) {
            throw Problem.invalid("LONG", FIELD, "must have at most " + BYTES + " bytes");
        }
        Strength strength = strengths.measure(password, known(user));
        if (strength.getScore() < LEAST_SCORE) {
            String warning = strength.getFeedback().getWarning();
            throw Problem.invalid(
                    "EASY",
                    FIELD,
                    "is easy to guess: "
                            + (warning.isEmpty() ? "add a few unrelated words" : warning));
        }
        if (breached.contain(password)) {
            throw Problem.invalid("BREACHED", FIELD, "is known from a breach: choose another");
        }
    }

    /** What somebody who guesses would try first. */
    private static List<String> known(PortalUser user) {
        return Stream.of(
                        Stream.of("kassa", user.email(), user.merchantName()),
                        Stream.of(user.email().split("@")),
                        Stream.of(user.email().split("[@.+_-]")),
                        Stream.of(user.merchantName().split("\\s+")))
                .flatMap(words -> words)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static boolean fits(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length <= BYTES;
    }

    String hash(String password) {
        return Objects.requireNonNull(encoder.encode(password));
    }

    /** Against {@link #nobody} it takes as long, and is never right. */
    boolean matches(String password, String hash) {
        boolean right = fits(password) && encoder.matches(password, hash);
        return right && !hash.equals(nobody);
    }

    String nobody() {
        return nobody;
    }

    /** Whether new hashes are made in a better way. */
    boolean isOutdated(String hash) {
        return encoder.upgradeEncoding(hash);
    }
}
