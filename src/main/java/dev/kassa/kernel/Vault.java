package dev.kassa.kernel;

import com.google.crypto.tink.Aead;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what must be readable again (webhook secrets, provider credentials), for one row each:
 * copied to another row or merchant, it does not open.
 *
 * <p>A key that it does not know was added by somebody else since: it looks for the newest ring,
 * once. A key that was dropped from the ring stays known until the server stops, since what was
 * sealed under it may still be in memory.
 */
public final class Vault {
    /** The key's id, so that SQL finds what is not under the newest; then Tink's ciphertext. */
    private static final Pattern SEALED = Pattern.compile("k(\\d{1,10}):([A-Za-z0-9+/]+=*)");

    /** PostgreSQL keeps it in no text, so no part of a row's name holds one. */
    private static final char BETWEEN = '\0';

    /** Of a tag, which is as long again by a third in base64. */
    private static final int TAG_BYTES = 12;

    private final Supplier<KeyRing> newest;
    private final List<FormerVault> former;
    private volatile Keys keys;

    /** What a server knows: the ring, and with it what was dropped from it since the start. */
    private record Keys(KeyRing ring, Map<Integer, Aead> ciphers) {}

    /** With a ring that does not change. */
    public Vault(KeyRing ring) {
        this(ring, () -> ring, List.of());
    }

    /**
     * With a ring that may change.
     *
     * @param newest asked when a key is unknown
     * @param former reads what was sealed before there was a ring
     */
    public Vault(KeyRing ring, Supplier<KeyRing> newest, List<FormerVault> former) {
        this.newest = newest;
        this.former = List.copyOf(former);
        this.keys = new Keys(ring, ring.ciphers());
    }

    /** The row that a secret belongs to; {@code key} is its key within the merchant's rows. */
    public record Row(String table, String merchant, String key) {
        byte[] associatedData() {
            return (table + BETWEEN + merchant + BETWEEN + key).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Seals under this ring from now on. */
    public synchronized void use(KeyRing ring) {
        Map<Integer, Aead> ciphers = new HashMap<>(keys.ciphers());
        ciphers.putAll(ring.ciphers());
        keys = new Keys(ring, Map.copyOf(ciphers));
    }

    /** How everything begins that is sealed under the newest key. */
    public String newestPrefix() {
        return prefix(keys.ring());
    }

    private static String prefix(KeyRing ring) {
        return "k" + Integer.toUnsignedString(ring.primary()) + ":";
    }

    /** ASCII text that only {@link #open} reads, and for this row alone. */
    public String seal(Row row, String secret) {
        Keys now = keys;
        Aead cipher = now.ciphers().get(now.ring().primary());
        if (cipher == null) {
            throw new IllegalStateException("a ring knows its primary key");
        }
        try {
            byte[] sealed =
                    cipher.encrypt(secret.getBytes(StandardCharsets.UTF_8), row.associatedData());
            return prefix(now.ring()) + Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM encrypts any text", e);
        }
    }

    /**
     * The secret; throws {@link IllegalStateException} when it was sealed for another row, under a
     * key that the ring does not hold any more, or never.
     */
    public String open(Row row, String sealed) {
        Matcher parts = SEALED.matcher(sealed);
        if (!parts.matches()) {
            return openFormer(sealed);
        }
        try {
            int id = Integer.parseUnsignedInt(parts.group(1));
            byte[] secret =
                    cipher(id)
                            .decrypt(
                                    Base64.getDecoder().decode(parts.group(2)),
                                    row.associatedData());
            return new String(secret, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalStateException("sealed for another row, or damaged", e);
        }
    }

    private Aead cipher(int id) {
        @Nullable Aead known = keys.ciphers().get(id);
        if (known == null) {
            use(newest.get());
            known = keys.ciphers().get(id);
        }
        if (known == null) {
            throw new IllegalStateException("sealed under a key that is not in the ring");
        }
        return known;
    }

    private String openFormer(String sealed) {
        IllegalStateException fault = new IllegalStateException("never sealed");
        for (FormerVault one : former) {
            try {
                return one.open(sealed);
            } catch (IllegalStateException e) {
                fault = e;
            }
        }
        throw fault;
    }

    /** What only this installation makes of {@code text}: an HMAC with SHA-256, in base64url. */
    String tag(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(keys.ring().tag(text, TAG_BYTES));
    }
}
