package dev.kassa.order;

/** Where an order stands (contract 6.2): read from its amounts, stored nowhere. */
public enum OrderStatus {
    /** The money is held, and nothing of it captured. */
    AUTHORIZED,
    /** Some of the money is captured, and some can still be. */
    PART_CAPTURED,
    /** All that will be captured is. */
    CAPTURED,
    /** The money was let go before anything was captured. */
    CANCELLED,
    /** The time to capture ended before anything was captured. */
    EXPIRED,
    /** All that was captured is given back. */
    CLOSED;

    /** {@code expired}: whether the time to capture is over. */
    static OrderStatus of(OrderBalance amounts, boolean expired) {
        if (amounts.captured() == 0) {
            if (amounts.released() == amounts.order()) {
                return CANCELLED;
            }
            return expired ? EXPIRED : AUTHORIZED;
        }
        if (!expired && amounts.capturable() > 0) {
            return PART_CAPTURED;
        }
        return amounts.refunded() == amounts.captured() ? CLOSED : CAPTURED;
    }
}
