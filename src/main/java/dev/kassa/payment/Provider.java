package dev.kassa.payment;

/**
 * A company that collects. Adapters are stateless and never touch Kassa's tables. Each call may be
 * repeated under the attempt's id, which is the provider's idempotency key, and may throw: whoever
 * calls takes an exception as {@link Outcome.Unknown}.
 */
public interface Provider {
    /** Its name, stored with each attempt. */
    String name();

    /** Makes the payment known to the provider; usually answers {@link Outcome.ActionNeeded}. */
    Outcome start(Attempt attempt);

    /**
     * What the provider says of it now. A payment it has never heard of is {@link Outcome.Unknown}.
     */
    Outcome lookup(Attempt attempt);

    /**
     * Ends it unless it was collected. Answers {@link Outcome.Cancelled}, or {@link
     * Outcome.Approved} when the shopper was faster. A payment the provider has never heard of is
     * made and ended, so that a start still on its way cannot collect later.
     */
    Outcome cancel(Attempt attempt);
}
