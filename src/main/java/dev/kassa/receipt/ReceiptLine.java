package dev.kassa.receipt;

import dev.kassa.http.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * What was sold. Amounts are minor units including tax; {@code taxRate} is basis points. What the
 * order left out is filled in.
 */
public record ReceiptLine(
        String name,
        int quantity,
        long unitPrice,
        long totalAmount,
        long totalDiscountAmount,
        int taxRate,
        long totalTaxAmount) {

    private record Stored(
            String name,
            @Nullable Integer quantity,
            @Nullable Long unitPrice,
            @Nullable Long totalAmount,
            @Nullable Long totalDiscountAmount,
            @Nullable Integer taxRate,
            @Nullable Long totalTaxAmount) {

        /** What was left out stands for what the contract says: one piece, nothing taken off. */
        ReceiptLine line() {
            int pieces = quantity == null ? 1 : quantity;
            long total = orZero(totalAmount);
            return new ReceiptLine(
                    name,
                    pieces,
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
