package dev.kassa.kernel;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.prf.HmacPrfKey;
import com.google.crypto.tink.prf.HmacPrfParameters;
import com.google.crypto.tink.prf.PrfConfig;
import com.google.crypto.tink.prf.PrfSet;
import com.google.crypto.tink.util.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that seal secrets (AES-256-GCM), each with its id, of which the primary seals and all
 * open; and the key of the tags of {@link Tokens}, which is never replaced, since tokens live for
 * as long as their device. Immutable. Outside a server it is encrypted by the {@link MasterKey}.
 */
public final class KeyRing {
    private static final AesGcmParameters DATA_KEY = PredefinedAeadParameters.AES256_GCM;
    private static final int TAG_KEY_BYTES = 32;

    /** Bound to the two parts, so that one does not open in place of the other. */
    private static final byte[] DATA_KEYS = "data keys".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] TAG_KEY = "tag key".getBytes(StandardCharsets.US_ASCII);

    static {
        try {
            AeadConfig.register();
            PrfConfig.register();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Tink has AES-GCM and HMAC", e);
        }
    }

    private final KeysetHandle dataKeys;
    private final KeysetHandle tagKey;
    private final Map<Integer, Aead> ciphers;
    private final PrfSet tags;

    private KeyRing(KeysetHandle dataKeys, KeysetHandle tagKey) throws GeneralSecurityException {
        this.dataKeys = dataKeys;
        this.tagKey = tagKey;
        this.ciphers = ciphers(dataKeys);
        this.tags = tagKey.getPrimitive(RegistryConfiguration.get(), PrfSet.class);
    }

    /** An encrypted ring, as the database keeps it, in base64. */
    public record Wrapped(String dataKeys, String tagKey) {
        /** Without the texts: they are as good as the master key. */
        @Override
        public String toString() {
            return "Wrapped";
        }
    }

    private static Map<Integer, Aead> ciphers(KeysetHandle keys) throws GeneralSecurityException {
        Map<Integer, Aead> ciphers = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            KeysetHandle.Entry entry = keys.getAt(i);
            KeysetHandle one =
                    KeysetHandle.newBuilder()
                            .addEntry(
                                    KeysetHandle.importKey(entry.getKey())
                                            .withFixedId(entry.getId())
                                            .makePrimary())
                            .build();
            ciphers.put(entry.getId(), one.getPrimitive(RegistryConfiguration.get(), Aead.class));
        }
        return Map.copyOf(ciphers);
    }

    /** A new ring with one key. */
    public static KeyRing generate() {
        return generate(Secrets.bytes(TAG_KEY_BYTES));
    }

    /** A new ring for a database with tokens from before there was one: they stay known. */
    public static KeyRing generate(FormerVault former) {
        return generate(former.tagKey());
    }

    @AccessesPartialKey
    private static KeyRing generate(byte[] tagKey) {
        try {
            HmacPrfKey key =
                    HmacPrfKey.builder()
                            .setParameters(
                                    HmacPrfParameters.builder()
                                            .setKeySizeBytes(tagKey.length)
                                            .setHashType(HmacPrfParameters.HashType.SHA256)
                                            .build())
                            .setKeyBytes(
                                    SecretBytes.copyFrom(tagKey, InsecureSecretKeyAccess.get()))
                            .build();
            return new KeyRing(
                    KeysetHandle.newBuilder()
                            .addEntry(
                                    KeysetHandle.generateEntryFromParameters(DATA_KEY)
                                            .withRandomId()
                                            .makePrimary())
                            .build(),
                    KeysetHandle.newBuilder()
                            .addEntry(KeysetHandle.importKey(key).withFixedId(1).makePrimary())
                            .build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the ring cannot be made", e);
        }
    }

    /** The ring; empty when it was wrapped under another master key. */
    public static Optional<KeyRing> unwrap(Wrapped wrapped, MasterKey master) {
        try {
            return Optional.of(
                    new KeyRing(
                            unwrap(wrapped.dataKeys(), DATA_KEYS, master),
                            unwrap(wrapped.tagKey(), TAG_KEY, master)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The ring as only this master key opens it. */
    public Wrapped wrap(MasterKey master) {
        try {
            return new Wrapped(wrap(dataKeys, DATA_KEYS, master), wrap(tagKey, TAG_KEY, master));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the ring cannot be wrapped", e);
        }
    }

    private static KeysetHandle unwrap(String wrapped, byte[] part, MasterKey master)
            throws GeneralSecurityException {
        return TinkProtoKeysetFormat.parseKeyset(
                master.aead().decrypt(Base64.getDecoder().decode(wrapped), part),
                InsecureSecretKeyAccess.get(),
                RegistryConfiguration.get());
    }

    private static String wrap(KeysetHandle keys, byte[] part, MasterKey master)
            throws GeneralSecurityException {
        byte[] plain =
                TinkProtoKeysetFormat.serializeKeyset(
                        keys, InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
        return Base64.getEncoder().encodeToString(master.aead().encrypt(plain, part));
    }

    /** The same with a new key, which seals from now on. */
    public KeyRing withNewPrimary() {
        try {
            return new KeyRing(
                    KeysetHandle.newBuilder(dataKeys)
                            .addEntry(
                                    KeysetHandle.generateEntryFromParameters(DATA_KEY)
                                            .withRandomId()
                                            .makePrimary())
                            .build(),
                    tagKey);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no key can be added", e);
        }
    }

    /** The same without these keys; never without its primary. */
    public KeyRing without(Set<Integer> ids) {
        KeysetHandle.Builder kept = KeysetHandle.newBuilder();
        try {
            for (int i = 0; i < dataKeys.size(); i++) {
                KeysetHandle.Entry entry = dataKeys.getAt(i);
                var copy = KeysetHandle.importKey(entry.getKey()).withFixedId(entry.getId());
                if (entry.isPrimary()) {
                    kept.addEntry(copy.makePrimary());
                } else if (!ids.contains(entry.getId())) {
                    kept.addEntry(copy);
                }
            }
            return new KeyRing(kept.build(), tagKey);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no key can be removed", e);
        }
    }

    /** The id of the key that seals. */
    public int primary() {
        return dataKeys.getPrimary().getId();
    }

    /** The ids of all keys. */
    public Set<Integer> ids() {
        return ciphers.keySet();
    }

    Map<Integer, Aead> ciphers() {
        return ciphers;
    }

    /** The first {@code length} bytes of the HMAC with SHA-256 of a text. */
    byte[] tag(String text, int length) {
        try {
            return tags.computePrimary(text.getBytes(StandardCharsets.UTF_8), length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC takes any text", e);
        }
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "KeyRing[" + Integer.toUnsignedString(primary()) + "]";
    }
}
