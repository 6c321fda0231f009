package dev.kassa.kernel;

import com.fasterxml.jackson.annotation.JsonValue;
import java.security.SecureRandom;

/** The id of a merchant (MID): two letters and eight digits, such as {@code DM11917000}. */
public record MerchantId(@JsonValue String value) {
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * A random id, of so few that two may be the same: whoever inserts it looks, and draws again.
     */
    public static MerchantId next() {
        return new MerchantId("DM" + (10_000_000 + RANDOM.nextInt(90_000_000)));
    }

    @Override
    public String toString() {
        return value;
    }
}
