package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a destination: a UUID, lower-case on the wire. */
public record DestinationId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static DestinationId next() {
        return new DestinationId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static DestinationId parse(String text) {
        return new DestinationId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
