package dev.kassa.http;

import dev.kassa.kernel.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

    /**
     * Reads the header.
     *
     * @throws Problem UNAUTHORIZED when it is absent or of neither form, with which it is
     */
    public static BasicCredentials parse(@Nullable String header) {
        if (header == null) {
            throw denied("there is no Authorization header");
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw denied("the Authorization header does not begin with the word Basic and a blank");
        }
        String rest = header.substring(SCHEME.length()).strip();
        if (rest.startsWith(RAW_KEY)) {
            return new BasicCredentials("", rest);
        }
        try {
            String pair = new String(Base64.getDecoder().decode(rest), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw denied("there is no colon between user name and key");
            }
            return new BasicCredentials(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            throw denied("what follows Basic is neither an API key nor base64 of username:key");
        }
    }

    /**
     * {@code why}: half a sentence that gives nothing away to somebody who does not know the key.
     */
    public static Problem denied(String why) {
        return Problem.unauthorized(
                "Access Denied: "
                        + why
                        + ". Send the API key of this environment as 'Authorization: Basic <key>' or as"
                        + " HTTP Basic username:key.");
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "BasicCredentials[" + username + "]";
    }
}
