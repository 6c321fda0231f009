package dev.kassa.order;

import dev.kassa.http.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How goods travel, as sent (contract 6.2). */
record ShippingInfo(
        @Nullable String shippingCompany,
        @Nullable String shippingMethod,
        @Nullable String trackingNumber,
        @Nullable String trackingUri,
        @Nullable String returnShippingCompany,
        @Nullable String returnTrackingNumber,
        @Nullable String returnTrackingUri) {
    private static final int NAME_CHARS = 100;
    private static final int URI_CHARS = 1024;
    private static final Set<String> METHODS =
            Set.of("PickUpStore", "Home", "BoxReg", "BoxUnreg", "PickUpPoint", "Own");

    static ShippingInfo read(JsonObject info) {
        return new ShippingInfo(
                info.optionalText("shipping_company", NAME_CHARS),
                info.optional(
                        "shipping_method",
                        "one of PickUpStore, Home, BoxReg, BoxUnreg, PickUpPoint, Own",
                        ShippingInfo::method),
                info.optionalText("tracking_number", NAME_CHARS),
                info.optionalText("tracking_uri", URI_CHARS),
                info.optionalText("return_shipping_company", NAME_CHARS),
                info.optionalText("return_tracking_number", NAME_CHARS),
                info.optionalText("return_tracking_uri", URI_CHARS));
    }

    private static String method(String wire) {
        if (!METHODS.contains(wire)) {
            throw new IllegalArgumentException("no such method");
        }
        return wire;
    }
}
