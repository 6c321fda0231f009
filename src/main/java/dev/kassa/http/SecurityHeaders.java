package dev.kassa.http;

import dev.kassa.kernel.Mode;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;

/**
 * What every answer tells a browser, whatever it is. A page that needs more than nothing sets a
 * policy of its own over this one.
 */
@Component
final class SecurityHeaders {
    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Seconds: a year. Only for the host itself: what else its domain has is not ours to say. */
    private static final String HTTPS_ONLY = "max-age=31536000";

    private final boolean production;

    SecurityHeaders(Mode mode) {
        production = mode == Mode.PRODUCTION;
    }

    /**
     * Sets them.
     *
     * @param secure whether the client came by HTTPS, to here or to a trusted proxy. A playground
     *     does not hold it to that: its host is {@code localhost}, with other servers on it
     */
    void set(HttpServletResponse response, boolean secure) {
        // What is JSON is never taken for a page with scripts, whatever stands in it.
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Content-Security-Policy", NOTHING);
        response.setHeader("Referrer-Policy", "no-referrer");
        if (secure && production) {
            response.setHeader("Strict-Transport-Security", HTTPS_ONLY);
        }
    }
}
