package dev.kassa.kernel;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * What the operator keeps outside the database. It encrypts the {@link KeyRing} and nothing else,
 * so that it can be replaced without touching a secret.
 */
public final class MasterKey {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    /** Names the use, so that another use of the same text has another key. */
    private static final byte[] PURPOSE = "kassa key ring".getBytes(StandardCharsets.US_ASCII);

    private final Aead aead;
    private final FormerVault former;

    /**
     * {@code text}: at least 32 characters, drawn at random. The key is derived by HKDF with
     * SHA-256, which does not make up for a text that can be guessed.
     */
    @AccessesPartialKey
    public MasterKey(String text) {
        former = new FormerVault(text);
        try {
            AeadConfig.register();
            byte[] key =
                    KDF.getInstance("HKDF-SHA256")
                            .deriveData(
                                    HKDFParameterSpec.ofExtract()
                                            .addIKM(text.getBytes(StandardCharsets.UTF_8))
                                            .thenExpand(PURPOSE, KEY_BYTES));
            AesGcmParameters parameters =
                    AesGcmParameters.builder()
                            .setKeySizeBytes(KEY_BYTES)
                            .setIvSizeBytes(NONCE_BYTES)
                            .setTagSizeBytes(TAG_BYTES)
                            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                            .build();
            aead =
                    KeysetHandle.newBuilder()
                            .addEntry(
                                    KeysetHandle.importKey(
                                                    AesGcmKey.builder()
                                                            .setParameters(parameters)
                                                            .setKeyBytes(
                                                                    SecretBytes.copyFrom(
                                                                            key,
                                                                            InsecureSecretKeyAccess
                                                                                    .get()))
                                                            .build())
                                            .withFixedId(1)
                                            .makePrimary())
                            .build()
                            .getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java 25 has HKDF and AES-GCM", e);
        }
    }

    Aead aead() {
        return aead;
    }

    /** What was sealed before there was a key ring. */
    public FormerVault former() {
        return former;
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "MasterKey";
    }
}
