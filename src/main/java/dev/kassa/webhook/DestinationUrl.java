package dev.kassa.webhook;

import java.io.Serial;
import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * URLs as they are kept and sent, in ASCII. A host in another script is written in punycode; what
 * else is not ASCII is percent-encoded as UTF-8, as browsers do.
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

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private DestinationUrl() {}

    /** The host would be another one for other clients. */
    static final class TwoReadings extends IllegalArgumentException {
        @Serial private static final long serialVersionUID = 1L;
    }

    /** The URL in ASCII; throws {@link IllegalArgumentException} when it is none. */
    public static URI parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return URI.create(encoded(text));
        }
        return URI.create(parts.group(1) + authority(parts.group(2)) + encoded(parts.group(3)));
    }

    private static String authority(String authority) {
        if (isAscii(authority)) {
            return authority;
        }
        int at = authority.lastIndexOf('@') + 1;
        Matcher parts = PORT.matcher(authority.substring(at));
        if (!parts.matches() || READ_IN_TWO_WAYS.matcher(parts.group(1)).find()) {
            throw new TwoReadings();
        }
        String port = parts.group(2) == null ? "" : parts.group(2);
        // Emoji came after the Unicode that IDNA of 2003 knows.
        String host = IDN.toASCII(parts.group(1), IDN.ALLOW_UNASSIGNED);
        return encoded(authority.substring(0, at)) + host + port;
    }

    private static String encoded(String text) {
        if (isAscii(text)) {
            return text;
        }
        StringBuilder encoded = new StringBuilder();
        text.codePoints()
                .forEach(point -> {
                    if (point < 0x80) {
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
