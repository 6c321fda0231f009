package dev.kassa.order;

/**
 * The amounts of an order, in minor units. What was asked of the provider and is not yet confirmed
 * counts as done; a refusal takes it back.
 *
 * @param original what the shopper authorized
 * @param order what the order is for now; at most {@code original}
 * @param capturePending the part of {@code captured} that the provider has not confirmed
 * @param released what was let go
 */
public record OrderBalance(
        long original,
        long order,
        long captured,
        long capturePending,
        long refunded,
        long released) {

    /** What is left to capture, unless the time for it is over. */
    long capturable() {
        return order - captured - released;
    }

    /** All that was captured, given back or let go: changes with each of them. */
    public long moved() {
        return captured + refunded + released;
    }

    /** What can be given back: captured, confirmed, and not given back yet. */
    public long refundable() {
        return captured - capturePending - refunded;
    }
}
