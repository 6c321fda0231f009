package dev.kassa.webhook;

import java.io.Serial;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * URLs as they are kept and sent, in ASCII. A host in another script is written in punycode; what
 * else is not ASCII, and what a URL may not hold, is percent-encoded as UTF-8, as browsers do.
 * Blanks around it come from copying and are left out.
 */
public final class DestinationUrl {
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)", Pattern.DOTALL);

    private static final Pattern PORT = Pattern.compile("(.*?)(:\\d*)?", Pattern.DOTALL);

    /**
     * What IDNA of 2003, which Java has, turns into something else than the IDNA of 2008 that
     * browsers follow: sharp s, final sigma, and the joiners.
     */
    private static final Pattern READ_IN_TWO_WAYS =
            Pattern.compile("[\\u00df\\u1e9e\\u03c2\\u200c\\u200d]");

    /** What RFC 3986 allows in no path and no query. */
    private static final String ENCODED = " \"<>[]^`{|}";

    /**
     * A name with an underscore, which {@link URI} does not know as a host. Containers and services
     * of Docker have such.
     */
    private static final Pattern UNDERSCORED =
            Pattern.compile("(?<host>\\w+(-+\\w+)*(\\.\\w+(-+\\w+)*)*\\.?)(:(?<port>\\d{1,5})?)?");

    private static final int MOST_PORT = 65_535;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private DestinationUrl() {}

    /** The host would be another one for other clients. */
    static final class AmbiguousUrlException extends IllegalArgumentException {
        @Serial private static final long serialVersionUID = 1L;
    }

    /** The URL in ASCII; throws {@link IllegalArgumentException} when it is none. */
    public static URI parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            return URI.create(encoded(text.strip(), ""));
        }
        return URI.create(
                parts.group(1).toLowerCase(Locale.ROOT)
                        + authority(parts.group(2))
                        + encoded(parts.group(3), ENCODED));
    }

    /** Whether it is a URL of HTTP that can be connected to. */
    public static boolean isHttp(URI url) {
        return ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
                && host(url).isPresent()
                && hasUsablePort(url);
    }

    /** The host of a URL that has one. */
    static Optional<String> host(URI url) {
        return url.getHost() == null
                ? underscored(url).map(parts -> parts.group("host"))
                : Optional.of(url.getHost());
    }

    /** Whether a URL names a port that exists, or none. */
    static boolean hasUsablePort(URI url) {
        int port =
                url.getHost() == null
                        ? underscored(url)
                                .map(parts -> parts.group("port"))
                                .map(Integer::parseInt)
                                .orElse(-1)
                        : url.getPort();
        return port == -1 || (port > 0 && port <= MOST_PORT);
    }

    private static Optional<Matcher> underscored(URI url) {
        String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
        Matcher parts = UNDERSCORED.matcher(authority);
        return authority.contains("_") && parts.matches() ? Optional.of(parts) : Optional.empty();
    }

    private static String authority(String authority) {
        if (isAscii(authority)) {
            return authority;
        }
        int at = authority.lastIndexOf('@') + 1;
        Matcher parts = PORT.matcher(authority.substring(at));
        if (!parts.matches() || READ_IN_TWO_WAYS.matcher(parts.group(1)).find()) {
            throw new AmbiguousUrlException();
        }
        String port = parts.group(2) == null ? "" : parts.group(2);
        // Emoji came after the Unicode that IDNA of 2003 knows.
        String host = IDN.toASCII(parts.group(1), IDN.ALLOW_UNASSIGNED);
        return encoded(authority.substring(0, at), "") + host + port;
    }

    private static String encoded(String text, String forbidden) {
        StringBuilder encoded = new StringBuilder(text.length());
        text.codePoints()
                .forEach(point -> {
                    if (point < 0x80 && forbidden.indexOf(point) < 0) {
                        encoded.appendCodePoint(point);
                        return;
                    }
                    for (byte one : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                        encoded.append('%').append(HEX.toHexDigits(one));
                    }
                });
        return encoded.toString();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
