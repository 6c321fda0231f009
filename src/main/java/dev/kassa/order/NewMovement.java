package dev.kassa.order;

import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A valid request for a capture or a refund of {@code amount} minor units. */
record NewMovement(long amount, Movement.Details details) {
    static NewMovement capture(JsonObject body) {
        long amount = body.requiredLong("captured_amount", 1, Limits.MOVEMENT_AMOUNT);
        List<ShippingInfo> shipping =
                body.optionalList("shipping_info", Limits.SHIPPING_INFO, ShippingInfo::read);
        var _ = body.optionalInt("shipping_delay", 0, Integer.MAX_VALUE);
        return read(body, amount, shipping);
    }

    /** Zero is of the documented range; {@code Movements} refuses it. */
    static NewMovement refund(JsonObject body) {
        return read(body, body.requiredLong("refunded_amount", 0, Limits.MOVEMENT_AMOUNT), null);
    }

    private static NewMovement read(
            JsonObject body, long amount, @Nullable List<ShippingInfo> shipping) {
        String description = body.optionalText("description", Limits.DESCRIPTION_CHARS);
        String reference = body.optionalText("reference", Limits.REFERENCE_CHARS);
        List<OrderLine> lines =
                body.optionalList("order_lines", Limits.ORDER_ITEMS, OrderLine::read);
        body.faults().throwIfAny();

        return new NewMovement(
                amount,
                new Movement.Details(
                        description,
                        reference,
                        lines == null ? null : Json.write(lines),
                        null,
                        null,
                        shipping == null ? "[]" : Json.write(shipping)));
    }
}
