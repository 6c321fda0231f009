package dev.kassa.payment;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A company that collects. Adapters are stateless and never touch Kassa's tables. Each call may be
 * repeated under the attempt's or the refund's id, which is the provider's idempotency key, and may
 * throw: {@link Providers} hands out none whose exceptions are not taken as {@link
 * Outcome.Unknown}.
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

    /**
     * Gives back what was collected, or lets go what is only held; repeatable under the refund's
     * id.
     */
    RefundOutcome refund(Refund refund);

    /**
     * What the provider says of a refund now. One it has never heard of is {@link
     * RefundOutcome.Unknown}.
     */
    RefundOutcome lookup(Refund refund);

    /**
     * Whether it can hold an attempt's money and collect it later; if not, {@link
     * Attempt#manualCapture} is never asked of it, nor any {@link HoldChange}.
     */
    default boolean holds() {
        return false;
    }

    /** Collects or lets go what an approved attempt holds; repeatable under the change's id. */
    default HoldOutcome change(HoldChange change) {
        throw new UnsupportedOperationException(name() + " holds no money");
    }

    /**
     * What the provider says of a change now. One it has never heard of is {@link
     * HoldOutcome.Unknown}.
     */
    default HoldOutcome lookup(HoldChange change) {
        throw new UnsupportedOperationException(name() + " holds no money");
    }

    /**
     * Reads a message that the provider sent of its own accord.
     *
     * @param header a header of the message by its name
     * @throws dev.kassa.kernel.Problem UNAUTHORIZED when the provider did not sign it, INVALID when
     *     it cannot be read
     */
    Callback callback(Function<String, @Nullable String> header, byte[] body);
}
