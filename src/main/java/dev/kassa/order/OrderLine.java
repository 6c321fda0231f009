package dev.kassa.order;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.math.BigDecimal;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A line of a capture, a refund or a changed authorization as sent (contract 6.2). Kept for the
 * merchant's own use and for receipts, so its sums are not checked: shops send rounded ones. What
 * cannot be kept is cut or left out; no line stops money that the amount allows (ruling R12). Only
 * the totals of a changed authorization, which must add up to its amount, are strict.
 *
 * @param quantity with a fraction for weighed goods
 */
record OrderLine(
        @Nullable String type,
        @Nullable String reference,
        @Nullable String name,
        @Nullable BigDecimal quantity,
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
    private static final int TYPE_CHARS = 50;
    private static final int UNIT_CHARS = 10;
    private static final int TEXT_CHARS = 1024;

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

    static OrderLine ofMovement(JsonObject line) {
        return read(line, line);
    }

    static OrderLine ofAuthorization(JsonObject line) {
        return read(line.lenient(), line);
    }

    private static OrderLine read(JsonObject line, JsonObject totals) {
        OptionalInt rate = line.optionalInt("tax_rate", 0, Limits.TAX_RATE_BASIS_POINTS);
        return new OrderLine(
                line.optionalText("type", TYPE_CHARS),
                line.optionalText("reference", Limits.REFERENCE_CHARS),
                line.optionalText("name", Limits.REFERENCE_CHARS),
                line.optionalNumber("quantity", Limits.QUANTITY),
                line.optionalText("quantity_unit", UNIT_CHARS),
                line.optionalAmount("unit_price"),
                totals.optionalAmount("total_amount"),
                line.optionalAmount("total_discount_amount"),
                rate.isPresent() ? rate.getAsInt() : null,
                totals.optionalAmount("total_tax_amount"),
                line.optionalText("merchant_data", TEXT_CHARS),
                line.optionalText("product_url", TEXT_CHARS),
                line.optionalText("image_url", TEXT_CHARS),
                line.optionalObject("product_identifiers", Identifiers::read));
    }
}
