package dev.kassa.order;

import dev.kassa.http.JsonObject;
import org.jspecify.annotations.Nullable;

/** How goods travel, as sent (contract 6.2). The method is one of the shop's own words. */
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

    static ShippingInfo read(JsonObject info) {
        return new ShippingInfo(
                info.optionalText("shipping_company", NAME_CHARS),
                info.optionalText("shipping_method", NAME_CHARS),
                info.optionalText("tracking_number", NAME_CHARS),
                info.optionalText("tracking_uri", URI_CHARS),
                info.optionalText("return_shipping_company", NAME_CHARS),
                info.optionalText("return_tracking_number", NAME_CHARS),
                info.optionalText("return_tracking_uri", URI_CHARS));
    }
}
