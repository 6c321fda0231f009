package dev.kassa.webhook;

import dev.kassa.kernel.Secrets;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs as Standard Webhooks has it (contract 4.4). */
final class Signature {
    private static final String SECRET_PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;

    private Signature() {}

    /** A new secret: {@code whsec_} and 32 random bytes in base64. */
    static String newSecret() {
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(Secrets.bytes(SECRET_BYTES));
    }

    /** The value of {@code webhook-signature}: one signature for each secret. */
    static String sign(List<String> secrets, String id, long timestamp, String body) {
        return secrets.stream()
                .map(secret -> sign(secret, id, timestamp, body))
                .collect(Collectors.joining(" "));
    }

    /**
     * One signature: HMAC-SHA256 over id, timestamp and body.
     *
     * @param timestamp seconds since 1970
     */
    static String sign(String secret, String id, long timestamp, String body) {
        byte[] key = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            String signed = id + "." + timestamp + "." + body;
            byte[] digest = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
