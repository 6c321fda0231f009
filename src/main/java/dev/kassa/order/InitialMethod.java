package dev.kassa.order;

import java.util.Map;

/** The documented types of {@code initial_payment_method} (contract 6.2), by our own methods. */
final class InitialMethod {
    private static final Map<String, String> TYPES =
            Map.of(
                    "tap_to_pay", "CARD",
                    "swish", "SWISH",
                    "vipps", "MOBILEPAY");

    private InitialMethod() {}

    static String of(String method) {
        return TYPES.getOrDefault(method, "OTHER");
    }
}
