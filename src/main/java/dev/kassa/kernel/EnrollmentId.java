package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of an enrollment: a UUID, lower-case on the wire. */
public record EnrollmentId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static EnrollmentId next() {
        return new EnrollmentId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static EnrollmentId parse(String text) {
        return new EnrollmentId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
