package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;

/**
 * What a 401 asks for (RFC 9110, 11.6.1). A browser answers a challenge of Basic with a dialogue of
 * its own, over whatever page is open, so it is asked for the same key under a name it has no
 * dialogue for.
 */
final class Challenge {
    private static final String DEVICES = "/pos/";
    private static final String PROVIDERS = "/providers/";

    /** Sent by browsers alone, and never settable by a page. */
    private static final String BROWSER = "Sec-Fetch-Mode";

    private Challenge() {}

    static String of(HttpServletRequest request) {
        String path = request.getServletPath();
        if (path.startsWith(DEVICES)) {
            // RFC 6750: no error is named to whoever sent no token.
            return request.getHeader(HttpHeaders.AUTHORIZATION) == null
                    ? "Bearer realm=\"Kassa\""
                    : "Bearer realm=\"Kassa\", error=\"invalid_token\"";
        }
        if (path.startsWith(PROVIDERS)) {
            return "Signature realm=\"Kassa\"";
        }
        return request.getHeader(BROWSER) == null
                ? "Basic realm=\"Kassa\", charset=\"UTF-8\""
                : "ApiKey realm=\"Kassa\"";
    }
}
