package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a session: a UUID, lower-case on the wire. */
public record SessionId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static SessionId next() {
        return new SessionId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static SessionId parse(String text) {
        return new SessionId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
