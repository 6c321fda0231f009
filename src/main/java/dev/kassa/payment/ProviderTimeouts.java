package dev.kassa.payment;

import java.time.Duration;

/**
 * How long a payment provider is waited for. The time-out of one call is set where the call is
 * made, in the adapter; a call that ends by it has an unknown outcome ({@link ObservedProvider}).
 */
final class ProviderTimeouts {
    /**
     * A check by the reconciler, which makes two calls at the most. Longer than an adapter waits
     * for them: for one that forgot to set a time-out.
     */
    static final Duration CHECK = Duration.ofMinutes(1);

    /** How long a server that stops waits for the checks under way; then they are interrupted. */
    static final Duration STOP = Duration.ofSeconds(2);

    private ProviderTimeouts() {}
}
