package dev.kassa.order;

import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A valid request for a capture or a refund of {@code amount} minor units. Nothing but the amount
 * moves money, so nothing else can make the request invalid (ruling R12).
 *
 * @param seen {@link OrderBalance#moved} when it was decided; null for whatever it is
 */
record NewMovement(long amount, Movement.Details details, @Nullable Long seen) {
    static NewMovement capture(JsonObject body) {
        long amount = body.requiredAmount("captured_amount", 1);
        List<ShippingInfo> shipping =
                body.lenient()
                        .optionalList("shipping_info", Limits.SHIPPING_INFO, ShippingInfo::read);
        return read(body, amount, shipping);
    }

    /** Zero is of the documented range; {@code Movements} refuses it. */
    static NewMovement refund(JsonObject body) {
        return read(body, body.requiredAmount("refunded_amount", 0), null);
    }

    private static NewMovement read(
            JsonObject body, long amount, @Nullable List<ShippingInfo> shipping) {
        body.faults().throwIfAny();

        JsonObject aside = body.lenient();
        String description = aside.optionalText("description", Limits.DESCRIPTION_CHARS);
        String reference = aside.optionalText("reference", Limits.REFERENCE_CHARS);
        List<OrderLine> lines =
                aside.optionalList("order_lines", Limits.ORDER_ITEMS, OrderLine::ofMovement);

        return new NewMovement(
                amount,
                new Movement.Details(
                        description,
                        reference,
                        lines == null ? null : Json.write(lines),
                        null,
                        null,
                        shipping == null ? "[]" : Json.write(shipping)),
                null);
    }
}
