package dev.kassa.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a test sends that no library would write. */
public final class Bytes {
    private Bytes() {}

    /** The texts in UTF-8, and between them what need not be UTF-8. */
    public static byte[] joined(String before, byte[] middle, String after) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(middle);
        bytes.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    /** JSON with all but ASCII escaped, since halves of surrogate pairs have no bytes. */
    public static String escaped(String json) {
        StringBuilder ascii = new StringBuilder(json.length());
        json.chars()
                .forEach(c -> {
                    if (c < 0x7F) {
                        ascii.append((char) c);
                    } else {
                        ascii.append(String.format(Locale.ROOT, "\\u%04x", c));
                    }
                });
        return ascii.toString();
    }
}
