package dev.kassa.http;

import dev.kassa.kernel.Limits;
import java.math.BigDecimal;

/** What numbers of JSON are, without computing with an exponent that may be as large as an int. */
final class JsonNumbers {
    private JsonNumbers() {}

    /**
     * Whether it lies between {@code -most} and {@code most} with at most {@link
     * Limits#FRACTION_DIGITS} digits of a fraction. Zero does, whatever exponent it was written
     * with.
     */
    static boolean isWithin(BigDecimal value, int most) {
        return value.signum() == 0
                || (value.scale() <= Limits.FRACTION_DIGITS
                        && value.abs().compareTo(BigDecimal.valueOf(most)) <= 0);
    }

    /**
     * Whether it is an integer however it is written: JSON Schema counts {@code 4500.0} and {@code
     * 4.5e3} as integers, and languages without integers send them so.
     */
    static boolean isWhole(BigDecimal number) {
        return number.signum() == 0
                || number.scale() <= 0
                || (number.scale() < number.precision()
                        && number.stripTrailingZeros().scale() <= 0);
    }
}
