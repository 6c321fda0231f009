package dev.kassa.payment.simulator;

import java.util.UUID;

/** Callbacks that are the simulated acquirer's own, whatever they say. */
public final class SignedCallbacks {
    /** The part of a server that signs. */
    public static final Class<?> SENDER = CallbackSender.class;

    private SignedCallbacks() {}

    /** The header's value for this body. */
    public static String sign(Object sender, byte[] body) {
        return ((CallbackSender) sender).sign(body);
    }

    /** The fields of a callback about an attempt, one a line. */
    public static String body(UUID attempt, String status) {
        return """
        {"key": "%s",
         "payment": {"status": "%s",
          "decline_code": "insufficient_funds",
          "card": {"brand": "Visa", "last4": "4242"},
          "shopper_token": null,
          "reference": "sim_1"}}
        """
                .formatted(attempt, status);
    }
}
