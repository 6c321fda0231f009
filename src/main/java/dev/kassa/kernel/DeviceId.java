package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a device: a UUID, lower-case on the wire. */
public record DeviceId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static DeviceId next() {
        return new DeviceId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static DeviceId parse(String text) {
        return new DeviceId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
