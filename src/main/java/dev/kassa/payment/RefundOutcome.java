package dev.kassa.payment;

/** What a provider says of a refund. Only its explicit word gives back or refuses. */
public sealed interface RefundOutcome {
    /** Given back, under the provider's own {@code reference}. */
    record Refunded(String reference) implements RefundOutcome {}

    /** Refused for good; {@code reason} in lower snake case. */
    record Refused(String reason) implements RefundOutcome {}

    /** Not decided yet, no answer, or none that can be read. {@code why} is for the log. */
    record Unknown(String why) implements RefundOutcome {}
}
