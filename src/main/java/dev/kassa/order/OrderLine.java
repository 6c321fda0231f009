package dev.kassa.order;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A line of a capture, a refund or a changed authorization as sent (contract 6.2). Kept for the
 * merchant's own use, so its sums are not checked: shops send rounded ones.
 */
record OrderLine(
        @Nullable String type,
        @Nullable String reference,
        String name,
        @Nullable Integer quantity,
        @Nullable String quantityUnit,
        @Nullable Long unitPrice,
        @Nullable Long totalAmount,
        @Nullable Long totalDiscountAmount,
        @Nullable Integer taxRate,
        @Nullable Long totalTaxAmount,
        @Nullable String merchantData,
        @Nullable String productUrl,
        @Nullable String imageUrl,
        @Nullable Identifiers productIdentifiers) {
    private static final int UNIT_CHARS = 10;
    private static final int TEXT_CHARS = 1024;

    /** The types of contract 5, and a fee for a return. */
    private enum Type {
        PHYSICAL,
        DISCOUNT,
        SHIPPING_FEE,
        SALES_TAX,
        STORE_CREDIT,
        GIFT_CARD,
        DIGITAL,
        SURCHARGE,
        RETURN_FEE;

        static String parse(String wire) {
            for (Type type : values()) {
                if (type.name().toLowerCase(Locale.ROOT).equals(wire)) {
                    return wire;
                }
            }
            throw new IllegalArgumentException("no such type");
        }
    }

    /** What a product is known by elsewhere. */
    record Identifiers(
            @Nullable String brand,
            @Nullable String categoryPath,
            @Nullable String color,
            @Nullable String globalTradeItemNumber,
            @Nullable String manufacturerPartNumber,
            @Nullable String size) {
        static Identifiers read(JsonObject object) {
            return new Identifiers(
                    object.optionalText("brand", 70),
                    object.optionalText("category_path", 750),
                    object.optionalText("color", 64),
                    object.optionalText("global_trade_item_number", 50),
                    object.optionalText("manufacturer_part_number", 70),
                    object.optionalText("size", 64));
        }
    }

    static OrderLine read(JsonObject line) {
        OptionalInt quantity = line.optionalInt("quantity", 0, Limits.QUANTITY);
        OptionalInt rate = line.optionalInt("tax_rate", 0, Limits.TAX_RATE_BASIS_POINTS);
        return new OrderLine(
                line.optional("type", "a documented type such as physical", Type::parse),
                line.optionalText("reference", Limits.REFERENCE_CHARS),
                line.requiredText("name", Limits.REFERENCE_CHARS),
                quantity.isPresent() ? quantity.getAsInt() : null,
                line.optionalText("quantity_unit", UNIT_CHARS),
                number(line, "unit_price"),
                number(line, "total_amount"),
                number(line, "total_discount_amount"),
                rate.isPresent() ? rate.getAsInt() : null,
                number(line, "total_tax_amount"),
                line.optionalText("merchant_data", TEXT_CHARS),
                line.optionalText("product_url", TEXT_CHARS),
                line.optionalText("image_url", TEXT_CHARS),
                line.optionalObject("product_identifiers", Identifiers::read));
    }

    private static @Nullable Long number(JsonObject line, String field) {
        OptionalLong value =
                line.optionalLong(field, -Limits.MOVEMENT_AMOUNT, Limits.MOVEMENT_AMOUNT);
        return value.isPresent() ? value.getAsLong() : null;
    }
}
