package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;

/** The id of an event, {@code kevt_} and 22 base62 characters; also the {@code webhook-id}. */
public record EventId(@JsonValue String value) {
    /** A new id. */
    public static EventId next() {
        return new EventId("kevt_" + Ids.base62(Ids.next()));
    }

    @Override
    public String toString() {
        return value;
    }
}
