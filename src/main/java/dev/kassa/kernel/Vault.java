package dev.kassa.kernel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.encrypt.AesGcmBytesEncryptor;
import org.springframework.security.crypto.encrypt.BytesEncryptor;

/** Encrypts what must be readable again (webhook secrets, provider credentials): AES-256-GCM. */
public final class Vault {
    private static final String MAC = "HmacSHA256";

    private final BytesEncryptor cipher;
    private final SecretKeySpec tagKey;

    /** {@code masterKey}: any text of at least 32 characters; hashed into the key. */
    public Vault(String masterKey) {
        cipher =
                AesGcmBytesEncryptor.withSecretKey(
                                new SecretKeySpec(Secrets.sha256(masterKey), "AES"))
                        .build();
        tagKey = new SecretKeySpec(Secrets.sha256("tag of " + masterKey), MAC);
    }

    /** What tells this master key from another, and nothing of it. */
    public String fingerprint() {
        return tag("which master key this is");
    }

    /** What only the master key makes of {@code text}: an HMAC with SHA-256, in base64url. */
    String tag(String text) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(tagKey);
            byte[] tag = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(tag);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    /** Nonce, ciphertext and tag, in base64. */
    public String seal(String secret) {
        byte[] sealed = cipher.encrypt(secret.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(sealed);
    }

    /**
     * The secret; throws {@link IllegalStateException} when the master key is another one, or when
     * this was never sealed.
     */
    public String open(String sealed) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(sealed);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("not base64, so never sealed", e);
        }
        return new String(cipher.decrypt(bytes), StandardCharsets.UTF_8);
    }
}
