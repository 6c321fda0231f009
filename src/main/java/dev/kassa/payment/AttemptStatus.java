package dev.kassa.payment;

/** Where an attempt stands. Everything but PENDING is final. */
public enum AttemptStatus {
    /**
     * Not decided, or not known to be: waiting for a card, under way, or the provider is silent.
     */
    PENDING,
    /** Collected. */
    APPROVED,
    /** Refused; the clerk may try again. */
    DECLINED,
    /** Refused for a reason that no other try will mend. */
    FAILED,
    /** Ended at the provider before anything was collected. */
    CANCELLED
}
