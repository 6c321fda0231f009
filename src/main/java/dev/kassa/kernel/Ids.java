package dev.kassa.kernel;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.f4b6a3.uuid.codec.base.Base62Codec;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes and reads the UUIDs behind the typed ids. */
final class Ids {
    private static final Pattern FORM =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Ids() {}

    /** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 random bits. */
    static UUID next() {
        return UuidCreator.getTimeOrderedEpoch();
    }

    /** Stricter than {@link UUID#fromString}, which takes {@code 1-1-1-1-1}. */
    static UUID parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a UUID");
        }
        return UUID.fromString(text);
    }

    /** 128 bits as 22 characters of base62. */
    static String base62(UUID uuid) {
        return Base62Codec.INSTANCE.encode(uuid);
    }
}
