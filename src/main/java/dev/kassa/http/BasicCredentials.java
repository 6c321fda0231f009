package dev.kassa.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code Authorization: Basic …} header carries. The documentation allows two forms: the
 * API key raw, and {@code base64(username:key)} where the username may be empty.
 *
 * @param username empty when none was given
 */
public record BasicCredentials(String username, String key) {
    private static final String SCHEME = "Basic ";

    /** How a raw key is told from base64, whose alphabet has no underscore. */
    private static final String RAW_KEY = "kco_";

    /** Reads the header; empty when it is absent or of neither form. */
    public static Optional<BasicCredentials> parse(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String rest = header.substring(SCHEME.length()).strip();
        if (rest.startsWith(RAW_KEY)) {
            return Optional.of(new BasicCredentials("", rest));
        }
        try {
            String pair = new String(Base64.getDecoder().decode(rest), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0
                    ? Optional.empty()
                    : Optional.of(
                            new BasicCredentials(
                                    pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "BasicCredentials[" + username + "]";
    }
}
