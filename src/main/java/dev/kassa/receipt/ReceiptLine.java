package dev.kassa.receipt;

import dev.kassa.http.Json;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * What was sold. Amounts are minor units including tax; {@code taxRate} is basis points. What the
 * order left out is filled in.
 *
 * @param quantity with a fraction for weighed goods
 */
public record ReceiptLine(
        String name,
        BigDecimal quantity,
        long unitPrice,
        long totalAmount,
        long totalDiscountAmount,
        int taxRate,
        long totalTaxAmount) {

    /** Whether it is one piece, which goes without saying. */
    public boolean single() {
        return quantity.compareTo(BigDecimal.ONE) == 0;
    }

    private record Stored(
            @Nullable String name,
            @Nullable BigDecimal quantity,
            @Nullable Long unitPrice,
            @Nullable Long totalAmount,
            @Nullable Long totalDiscountAmount,
            @Nullable Integer taxRate,
            @Nullable Long totalTaxAmount) {

        /** What was left out stands for what the contract says: one piece, nothing taken off. */
        ReceiptLine line() {
            long total = orZero(totalAmount);
            return new ReceiptLine(
                    name == null ? "" : name,
                    quantity == null ? BigDecimal.ONE : quantity,
                    unitPrice == null ? total : unitPrice,
                    total,
                    orZero(totalDiscountAmount),
                    taxRate == null ? 0 : taxRate,
                    orZero(totalTaxAmount));
        }

        private static long orZero(@Nullable Long amount) {
            return amount == null ? 0 : amount;
        }
    }

    private static final TypeReference<List<Stored>> STORED = new TypeReference<>() {};

    /** Reads the lines that an order stores. */
    public static List<ReceiptLine> read(String orderLines) {
        return Json.MAPPER.readValue(orderLines, STORED).stream().map(Stored::line).toList();
    }
}
