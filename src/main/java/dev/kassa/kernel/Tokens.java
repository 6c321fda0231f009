package dev.kassa.kernel;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Random secrets that show whether this installation made them: the last characters are a tag that
 * takes the installation's key to make. Whoever guesses is found out without a look into the
 * database. The tag proves nothing else; what a token is worth is still looked up by its hash.
 */
public final class Tokens {
    private static final int RANDOM_BYTES = 24;
    private static final int TAG_CHARS = 16;

    private final Vault vault;

    /** With the installation's own key. */
    public Tokens(Vault vault) {
        this.vault = vault;
    }

    /** A new token: {@code prefix} and 48 characters of base64url. */
    public String next(String prefix) {
        String random = prefix + Secrets.text(RANDOM_BYTES);
        return random + tag(random);
    }

    /** Whether it was made here, under the same key ring. */
    public boolean isOurs(String token) {
        int end = token.length() - TAG_CHARS;
        return end > 0
                && MessageDigest.isEqual(
                        bytes(token.substring(end)), bytes(tag(token.substring(0, end))));
    }

    private String tag(String random) {
        return vault.tag(random);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
