package dev.kassa.order;

import dev.kassa.http.JsonObject;

/**
 * Tax is stored as sent, since real clients send rounded taxes; only its sign and size are checked
 * (design 4). Amounts are minor units within {@link dev.kassa.kernel.Limits#AMOUNT}.
 */
public final class TaxRules {
    private TaxRules() {}

    /** Of a line: between nothing and the line's own amount, which may be negative. */
    public static void checkLine(JsonObject line, String field, long tax, long total) {
        boolean sameSign = tax == 0 || Long.signum(tax) == Long.signum(total);
        if (!sameSign || Math.abs(tax) > Math.abs(total)) {
            line.fault(field, "must lie between 0 and the amount of the line, " + total);
        }
    }

    /**
     * Of an order, whose lines are {@code size} together without their signs. Not by the order's
     * amount: a shop that takes a gift card off as an untaxed line sends the tax of the goods all
     * the same. Negative where the taxed lines take off more than they add.
     */
    public static void checkOrder(JsonObject order, String field, long tax, long size) {
        if (Math.abs(tax) > size) {
            order.fault(
                    field,
                    "must lie between -"
                            + size
                            + " and "
                            + size
                            + ", the sum of the lines without their signs");
        }
    }
}
