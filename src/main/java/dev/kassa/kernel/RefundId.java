package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** The id of a refund, also the provider's idempotency key: a UUID, lower-case on the wire. */
public record RefundId(@JsonValue UUID value) {
    /** A new id; ids made later sort later, which keeps the indexes compact. */
    public static RefundId next() {
        return new RefundId(Ids.next());
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static RefundId parse(String text) {
        return new RefundId(Ids.parse(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
