package dev.kassa.order;

import java.util.Map;

/** The documented types of {@code initial_payment_method} (contract 6.2), by our own methods. */
final class PaymentMethodTypes {
    private static final Map<String, String> TYPES =
            Map.of(
                    "tap_to_pay", "CARD",
                    "swish", "SWISH",
                    "vipps", "MOBILEPAY");

    private static final Map<String, String> NAMES =
            Map.of("tap_to_pay", "Card", "swish", "Swish", "vipps", "Vipps", "klarna", "Klarna");

    private PaymentMethodTypes() {}

    /** What the shop is told where no card is known: there is always something to show. */
    static String named(String method) {
        return NAMES.getOrDefault(method, "Another method");
    }

    static String of(String method) {
        return TYPES.getOrDefault(method, "OTHER");
    }
}
