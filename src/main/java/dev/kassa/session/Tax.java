package dev.kassa.session;

import dev.kassa.http.JsonObject;

/**
 * Tax is stored as sent, since real clients send rounded taxes; only its sign and size are checked
 * (design 4).
 */
final class Tax {
    private Tax() {}

    static void check(JsonObject object, String field, long tax, long total) {
        boolean sameSign = tax == 0 || Long.signum(tax) == Long.signum(total);
        // Compared as negatives: the absolute value of the smallest long does not exist.
        boolean within = -Math.abs(tax) >= -Math.abs(total) && tax != Long.MIN_VALUE;
        if (!sameSign || !within) {
            object.fault(field, "must lie between 0 and the amount it is part of, " + total);
        }
    }
}
