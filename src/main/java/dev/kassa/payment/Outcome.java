package dev.kassa.payment;

import org.jspecify.annotations.Nullable;

/** What a provider says of an attempt. Only its explicit word approves or declines. */
public sealed interface Outcome {
    /**
     * Collected, or held if the attempt is to be captured later, under the provider's own {@code
     * reference}; with the card if one paid and the provider told of it.
     */
    record Approved(String reference, @Nullable Card card) implements Outcome {
        /** Without a card. */
        public Approved(String reference) {
            this(reference, null);
        }
    }

    /** Refused; {@code reason} in lower snake case, such as {@code insufficient_funds}. */
    record Declined(String reason) implements Outcome {}

    /** Refused for a reason that another try will not mend. */
    record Failed(String reason) implements Outcome {}

    /** Ended at the provider; nothing was and nothing will be collected. */
    record Cancelled() implements Outcome {}

    /** Waiting for the shopper: the device must do {@code action}. */
    record ActionNeeded(Action action) implements Outcome {}

    /** No answer, or none that can be read. {@code why} is for the log. */
    record Unknown(String why) implements Outcome {}
}
