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
        long amount = body.requiredLong("order_amount", 1, Limits.MOVEMENT_AMOUNT);
        var _ = body.optionalText("description", Limits.DESCRIPTION_CHARS);
        List<OrderLine> lines =
                body.optionalList("order_lines", Limits.ORDER_ITEMS, OrderLine::read);
        long total = 0;
        long tax = 0;
        if (lines != null && body.faults().isEmpty()) {
            // At most 1000 lines of at most 200000000: no sum overflows.
            total = lines.stream().mapToLong(line -> orZero(line.totalAmount())).sum();
            tax = lines.stream().mapToLong(line -> orZero(line.totalTaxAmount())).sum();
            if (total != amount) {
                body.fault(
                        "order_amount",
                        "must be the sum of order_lines[].total_amount, which is " + total);
            }
            if (Math.abs(tax) > amount) {
                body.fault("order_lines", "have more tax than order_amount");
            }
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
