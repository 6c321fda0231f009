package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;

/** What a 401 asks for (RFC 9110, 11.6.1). */
public enum Challenge {
    /**
     * An API key, as the password of Basic authentication. A browser answers a challenge of Basic
     * with a dialogue of its own, over whatever page is open, so it is asked for the same key under
     * a name it has no dialogue for.
     */
    API_KEY {
        @Override
        String of(HttpServletRequest request) {
            return request.getHeader(BROWSER) == null
                    ? "Basic realm=\"Kassa\", charset=\"UTF-8\""
                    : "ApiKey realm=\"Kassa\"";
        }
    },

    /** A device's token. */
    BEARER {
        @Override
        String of(HttpServletRequest request) {
            // RFC 6750: no error is named to whoever sent no token.
            return request.getHeader(HttpHeaders.AUTHORIZATION) == null
                    ? "Bearer realm=\"Kassa\""
                    : "Bearer realm=\"Kassa\", error=\"invalid_token\"";
        }
    },

    /** A signature over the body. */
    SIGNATURE {
        @Override
        String of(HttpServletRequest request) {
            return "Signature realm=\"Kassa\"";
        }
    };

    /** Sent by browsers alone, and never settable by a page. */
    private static final String BROWSER = "Sec-Fetch-Mode";

    /** The value of {@code WWW-Authenticate}. */
    abstract String of(HttpServletRequest request);
}
