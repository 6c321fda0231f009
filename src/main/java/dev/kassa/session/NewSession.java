package dev.kassa.session;

import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.order.TaxRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A valid request for a session.
 *
 * @param orderItems JSON, as it is kept
 */
record NewSession(
        DeviceId deviceId,
        @Nullable LocationId locationId,
        long orderAmount,
        int orderTaxAmount,
        String purchaseCurrency,
        Instant purchaseStartedAt,
        @Nullable Instant purchaseCompletedAt,
        String orderItems,
        @Nullable String merchantReference1,
        @Nullable String merchantReference2,
        @Nullable String merchantData) {

    /** Reads and checks the whole body; throws every fault at once. */
    static NewSession read(JsonObject body, @Nullable LocationId locationId) {
        DeviceId device = body.required("device_id", "a UUID", DeviceId::parse);
        long amount = body.requiredAmount("order_amount", 1);
        int tax = (int) body.requiredAmount("order_tax_amount", -Limits.AMOUNT);
        String currency =
                body.required(
                        "purchase_currency",
                        "a currency code of ISO 4217, such as SEK",
                        NewSession::currency);
        Instant startedAt = body.requiredInstant("purchase_started_at");
        Instant completedAt = body.optionalInstant("purchase_completed_at");
        List<LineItem> items = body.requiredList("order_items", Limits.ORDER_ITEMS, LineItem::read);
        String reference1 = body.optionalText("merchant_reference1", Limits.REFERENCE_CHARS);
        String reference2 = body.optionalText("merchant_reference2", Limits.REFERENCE_CHARS);
        String data = body.optionalText("merchant_data", Limits.MERCHANT_DATA_CHARS);
        if (body.faults().isEmpty()) {
            checkSums(body, amount, tax, items);
        }
        String cart = cart(body, items);
        body.faults().throwIfAny();

        return new NewSession(
                Objects.requireNonNull(device),
                locationId,
                amount,
                tax,
                Objects.requireNonNull(currency),
                startedAt,
                completedAt,
                cart,
                reference1,
                reference2,
                data);
    }

    /** As it is kept, which every reader of the session has to carry. */
    private static String cart(JsonObject body, List<LineItem> items) {
        byte[] cart = Json.bytes(items);
        if (cart.length > Limits.CART_BYTES) {
            body.fault(
                    "order_items",
                    "must be at most " + Limits.CART_BYTES + " bytes as JSON without blanks");
        }
        return new String(cart, StandardCharsets.UTF_8);
    }

    /** Not the codes for metals and tests, which have no minor unit. */
    private static String currency(String code) {
        if (Currency.getInstance(code).getDefaultFractionDigits() < 0) {
            throw new IllegalArgumentException("no money");
        }
        return code;
    }

    /** No sum overflows: of at most 1000 lines of at most 200000000. */
    private static void checkSums(JsonObject body, long amount, int tax, List<LineItem> items) {
        long sum = 0;
        long size = 0;
        for (LineItem item : items) {
            sum += item.totalAmount();
            size += Math.abs(item.totalAmount());
        }
        TaxRules.checkOrder(body, "order_tax_amount", tax, size);
        if (sum != amount) {
            body.fault(
                    "order_amount",
                    "must be the sum of the total amounts of the lines, which is " + sum);
        }
    }
}
