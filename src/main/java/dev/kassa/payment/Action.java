package dev.kassa.payment;

/** What the device must do for the payment to go on. */
public sealed interface Action {
    /** Which of them, on the wire. */
    String type();

    /**
     * Take a card tap with the provider's reader library, which needs this {@code clientSecret}.
     */
    record Tap(String clientSecret) implements Action {
        @Override
        public String type() {
            return "tap";
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Tap[]";
        }
    }

    /** Show this {@code payload} as a QR code for the shopper to scan. */
    record Scan(String payload) implements Action {
        @Override
        public String type() {
            return "scan";
        }

        /** Without what would let anybody pay. */
        @Override
        public String toString() {
            return "Scan[]";
        }
    }
}
