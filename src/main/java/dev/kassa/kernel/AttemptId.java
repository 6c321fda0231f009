package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of an attempt: a UUID, lower-case on the wire. */
public record AttemptId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static AttemptId next() {
        return new AttemptId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static AttemptId parse(String text) {
        return new AttemptId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
