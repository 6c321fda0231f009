package dev.kassa.order;

import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A valid request to change what an order is for.
 *
 * @param orderLines JSON; null to keep the lines there are
 * @param orderTaxAmount the tax of the new lines; null to keep it
 */
record NewAuthorization(
        long orderAmount, @Nullable String orderLines, @Nullable Integer orderTaxAmount) {

    static NewAuthorization read(JsonObject body) {
        long amount = body.requiredAmount("order_amount", 1);
        List<OrderLine> lines =
                body.optionalList("order_lines", Limits.ORDER_ITEMS, OrderLine::ofAuthorization);
        // At most 1000 lines of at most 200000000: no sum overflows.
        long tax = 0;
        if (lines != null && body.faults().isEmpty()) {
            long total = 0;
            long size = 0;
            for (OrderLine line : lines) {
                total += orZero(line.totalAmount());
                size += Math.abs(orZero(line.totalAmount()));
                tax += orZero(line.totalTaxAmount());
            }
            if (total != amount) {
                body.fault(
                        "order_amount",
                        "must be the sum of the total amounts of the lines, which is " + total);
            }
            TaxRules.checkOrder(body, "order_lines", tax, Math.min(size, Limits.AMOUNT));
        }
        body.faults().throwIfAny();

        return lines == null
                ? new NewAuthorization(amount, null, null)
                : new NewAuthorization(amount, Json.write(lines), Math.toIntExact(tax));
    }

    private static long orZero(@Nullable Long amount) {
        return Objects.requireNonNullElse(amount, 0L);
    }
}
