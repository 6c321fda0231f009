package dev.kassa.session;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A line of the cart as sent (contract 2.7). Amounts are minor units including tax; {@code taxRate}
 * is basis points. What was left out stays out of the answer.
 */
record LineItem(
        @Nullable String type,
        @Nullable String reference,
        String name,
        @Nullable Integer quantity,
        long unitPrice,
        long totalAmount,
        int taxRate,
        @Nullable Long totalDiscountAmount,
        long totalTaxAmount) {

    /** The types that the documentation or a live client names. */
    private enum Type {
        PHYSICAL,
        DIGITAL,
        SHIPPING_FEE,
        DISCOUNT,
        SURCHARGE;

        static String parse(String wire) {
            for (Type type : values()) {
                if (type.wire().equals(wire)) {
                    return wire;
                }
            }
            throw new IllegalArgumentException("no such type");
        }

        private String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static LineItem read(JsonObject line) {
        int before = line.faults().count();
        OptionalInt quantity = line.optionalInt("quantity", 0, Limits.QUANTITY);
        OptionalLong discount = line.optionalLong("total_discount_amount");
        LineItem item =
                new LineItem(
                        line.optional(
                                "type",
                                "one of physical, digital, shipping_fee, discount, surcharge",
                                Type::parse),
                        line.optionalText("reference", Limits.REFERENCE_CHARS),
                        line.requiredText("name", Limits.REFERENCE_CHARS),
                        quantity.isPresent() ? quantity.getAsInt() : null,
                        line.requiredLong("unit_price"),
                        line.requiredLong("total_amount"),
                        line.requiredInt("tax_rate", 0, Limits.TAX_RATE_BASIS_POINTS),
                        discount.isPresent() ? discount.getAsLong() : null,
                        line.requiredLong("total_tax_amount"));
        if (line.faults().count() == before) {
            item.checkSums(line);
        }
        return item;
    }

    private void checkSums(JsonObject line) {
        long discount = totalDiscountAmount == null ? 0 : totalDiscountAmount;
        if (discount < 0) {
            line.fault("total_discount_amount", "must not be negative");
            return;
        }
        try {
            long pieces = quantity == null ? 1 : quantity;
            long due = Math.subtractExact(Math.multiplyExact(unitPrice, pieces), discount);
            if (due != totalAmount) {
                line.fault(
                        "total_amount",
                        "must be unit_price * quantity - total_discount_amount = " + due);
            }
        } catch (ArithmeticException e) {
            line.fault("unit_price", "times quantity is out of range");
        }
        Tax.check(line, "total_tax_amount", totalTaxAmount, totalAmount);
    }
}
