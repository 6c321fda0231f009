package dev.kassa.session;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.order.TaxRules;
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
        OptionalLong discount = line.optionalLong("total_discount_amount", 0, Limits.AMOUNT);
        LineItem item =
                new LineItem(
                        line.optional(
                                "type",
                                "one of physical, digital, shipping_fee, discount, surcharge",
                                Type::parse),
                        line.optionalText("reference", Limits.REFERENCE_CHARS),
                        line.requiredText("name", Limits.REFERENCE_CHARS),
                        quantity.isPresent() ? quantity.getAsInt() : null,
                        line.requiredAmount("unit_price", -Limits.AMOUNT),
                        line.requiredAmount("total_amount", -Limits.AMOUNT),
                        line.requiredInt("tax_rate", 0, Limits.TAX_RATE_BASIS_POINTS),
                        discount.isPresent() ? discount.getAsLong() : null,
                        line.requiredAmount("total_tax_amount", -Limits.AMOUNT));
        if (line.faults().count() == before) {
            item.checkSums(line);
        }
        return item;
    }

    /** No product overflows: of at most 200000000 and 100000. */
    private void checkSums(JsonObject line) {
        long discount = totalDiscountAmount == null ? 0 : totalDiscountAmount;
        long pieces = quantity == null ? 1 : quantity;
        long due = unitPrice * pieces - discount;
        if (due != totalAmount) {
            line.fault(
                    "total_amount",
                    "must be the unit price times the quantity, less the discount, which is "
                            + due);
        }
        TaxRules.checkLine(line, "total_tax_amount", totalTaxAmount, totalAmount);
    }
}
