package dev.kassa.payment;

/** How a shopper pays, as the clerk chooses it. */
public enum Method {
    TAP_TO_PAY("tap_to_pay");

    private final String wire;

    Method(String wire) {
        this.wire = wire;
    }

    /** The name on the wire. */
    public String wire() {
        return wire;
    }

    /** Reads the wire form; throws {@link IllegalArgumentException} on anything else. */
    public static Method parse(String wire) {
        for (Method method : values()) {
            if (method.wire.equals(wire)) {
                return method;
            }
        }
        throw new IllegalArgumentException("no such method");
    }
}
