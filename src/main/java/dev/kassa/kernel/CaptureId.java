package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a capture: a UUID, lower-case on the wire. */
public record CaptureId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static CaptureId next() {
        return new CaptureId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static CaptureId parse(String text) {
        return new CaptureId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
