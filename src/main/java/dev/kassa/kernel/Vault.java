package dev.kassa.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.security.crypto.encrypt.AesGcmBytesEncryptor;
import org.springframework.security.crypto.encrypt.BytesEncryptor;

/** Encrypts what must be readable again (webhook secrets, provider credentials): AES-256-GCM. */
public final class Vault {
    private final BytesEncryptor cipher;

    /** {@code masterKey}: any text of at least 32 characters; hashed into the key. */
    public Vault(String masterKey) {
        cipher =
                AesGcmBytesEncryptor.withSecretKey(
                                new SecretKeySpec(Secrets.sha256(masterKey), "AES"))
                        .build();
    }

    /** Nonce, ciphertext and tag, in base64. */
    public String seal(String secret) {
        byte[] sealed = cipher.encrypt(secret.getBytes(StandardCharsets.UTF_8));
        return Base64.getEncoder().encodeToString(sealed);
    }

    /** The secret; throws {@link IllegalStateException} when the master key is another one. */
    public String open(String sealed) {
        byte[] secret = cipher.decrypt(Base64.getDecoder().decode(sealed));
        return new String(secret, StandardCharsets.UTF_8);
    }
}
