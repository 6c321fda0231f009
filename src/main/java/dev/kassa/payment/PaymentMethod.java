package dev.kassa.payment;

/** How a shopper pays, as the clerk chooses it. */
public enum PaymentMethod {
    TAP_TO_PAY("tap_to_pay", false),
    KLARNA("klarna", true),
    SWISH("swish", true),
    VIPPS("vipps", true);

    private final String wire;
    private final boolean scanned;

    PaymentMethod(String wire, boolean scanned) {
        this.wire = wire;
        this.scanned = scanned;
    }

    /** Whether the shopper scans a code and pays on a phone. */
    public boolean scanned() {
        return scanned;
    }

    /** The name on the wire. */
    public String wire() {
        return wire;
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static PaymentMethod parse(String wire) {
        for (PaymentMethod method : values()) {
            if (method.wire.equals(wire)) {
                return method;
            }
        }
        throw new IllegalArgumentException("no such method");
    }
}
