package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a location: a UUID, lower-case on the wire. */
public record LocationId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static LocationId next() {
        return new LocationId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static LocationId parse(String text) {
        return new LocationId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
