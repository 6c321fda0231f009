package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of an order: a UUID, lower-case on the wire. */
public record OrderId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static OrderId next() {
        return new OrderId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static OrderId parse(String text) {
        return new OrderId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
