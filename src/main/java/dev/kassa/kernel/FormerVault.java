package dev.kassa.kernel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.encrypt.AesGcmBytesEncryptor;

/**
 * Reads what was sealed before there was a {@link KeyRing}: under the SHA-256 of the master key,
 * bound to no row. Seals nothing. Goes with the next release.
 */
public final class FormerVault {
    private static final String MAC = "HmacSHA256";

    private final AesGcmBytesEncryptor cipher;
    private final byte[] tagKey;

    FormerVault(String masterKey) {
        cipher =
                AesGcmBytesEncryptor.withSecretKey(
                                new SecretKeySpec(Secrets.sha256(masterKey), "AES"))
                        .build();
        tagKey = Secrets.sha256("tag of " + masterKey);
    }

    /** The key of the tags of {@link Tokens}, which the ring takes over. */
    byte[] tagKey() {
        return tagKey.clone();
    }

    /** What stands in the table master_key_check for this master key. */
    public String fingerprint() {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(tagKey, MAC));
            byte[] tag = mac.doFinal("which master key this is".getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(tag);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** The secret; throws {@link IllegalStateException} when this master key did not seal it. */
    String open(String sealed) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(sealed);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("not base64, so never sealed", e);
        }
        return new String(cipher.decrypt(bytes), StandardCharsets.UTF_8);
    }
}
