package dev.kassa.signin;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import dev.kassa.kernel.Secrets;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import javax.crypto.spec.SecretKeySpec;
import org.apache.commons.codec.binary.Base32;

/**
 * Codes that an app makes of the time and a secret: RFC 6238 with what all apps take, SHA-1, 30
 * seconds and six digits.
 */
final class Totp {
    private static final TimeBasedOneTimePasswordGenerator CODES =
            new TimeBasedOneTimePasswordGenerator();

    private static final long STEP_SECONDS = CODES.getTimeStep().toSeconds();

    /** As long as SHA-1's own value, as RFC 4226 asks. */
    private static final int SECRET_BYTES = 20;

    private Totp() {}

    /** A new secret, in base 32. */
    static String newSecret() {
        return new Base32().encodeToString(Secrets.bytes(SECRET_BYTES));
    }

    /** What an app reads from a QR code. */
    static String uri(String secret, String account, String issuer) {
        return "otpauth://totp/%s:%s?secret=%s&issuer=%s"
                .formatted(encoded(issuer), encoded(account), secret, encoded(issuer));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The step that this code belongs to, if it is of now, the one before or the next. */
    static OptionalLong step(String secret, String code, Instant now) {
        long current = now.getEpochSecond() / STEP_SECONDS;
        return LongStream.rangeClosed(current - 1, current + 1)
                .filter(step -> code(secret, step).equals(code))
                .findFirst();
    }

    private static String code(String secret, long step) {
        try {
            return CODES.generateOneTimePasswordString(
                    new SecretKeySpec(new Base32().decode(secret), CODES.getAlgorithm()),
                    Instant.ofEpochSecond(step * STEP_SECONDS));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC takes any key", e);
        }
    }
}
