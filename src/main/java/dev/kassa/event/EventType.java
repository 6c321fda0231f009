package dev.kassa.event;

/** The types of events, with their names on the wire (contract 4.2, ruling R1). */
public enum EventType {
    SESSION_CREATED("ipp.session.created", true),
    SESSION_ACTIVATED("ipp.session.activated", true),
    PAYMENT_FAILED("ipp.payment.failed", true),
    SESSION_FINALIZED("ipp.session.finalized", true),
    SESSION_CANCELLED("ipp.session.cancelled", true),
    /** Kassa's own: sent only to a destination that asks for it by name. */
    SESSION_EXPIRED("ipp.session.expired", false),
    /** Kassa's own: sent only to a destination that asks for it by name. */
    SESSION_FAILED("ipp.session.failed", false),
    /** Kassa's own: a payment was ended at its provider; the session takes another. */
    PAYMENT_CANCELLED("ipp.payment.cancelled", false),
    /** Kassa's own: an approval that came too late was given back. */
    PAYMENT_REFUNDED("ipp.payment.refunded", false),
    ORDER_CREATED("order.created", true),
    CAPTURE_CREATED("capture.created", true),
    /** Kassa's own: sent to one destination, when its merchant asks for a test. */
    TEST("kassa.test", false),
    REFUND_CREATED("refund.created", true),
    /** Kassa's own: a capture that was accepted, and that the provider then refused. */
    CAPTURE_FAILED("capture.failed", false),
    /** Kassa's own: a refund that was accepted, and that the provider then refused. */
    REFUND_FAILED("refund.failed", false),
    /** Kassa's own: a provider has owed its answer about an operation for too long. */
    OPERATION_UNKNOWN("kassa.operation.unknown", false);

    private final String wire;
    private final boolean documented;

    EventType(String wire, boolean documented) {
        this.wire = wire;
        this.documented = documented;
    }

    /** The name on the wire. */
    public String wire() {
        return wire;
    }

    /** Whether Kustom documents it; a destination that names no types gets exactly these. */
    public boolean documented() {
        return documented;
    }
}
