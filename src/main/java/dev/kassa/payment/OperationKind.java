package dev.kassa.payment;

import java.util.Locale;

/** What is asked of a provider, and may stay unknown. */
public enum OperationKind {
    /** An attempt to collect. */
    PAYMENT,
    /** An approval that came too late, given back. */
    REVERSAL,
    /** Of an order: held money collected. */
    CAPTURE,
    /** Of an order: money given back. */
    REFUND,
    /** Of an order: held money let go. */
    RELEASE;

    /** In lower case, as in events, metrics and on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
