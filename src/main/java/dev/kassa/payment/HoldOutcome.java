package dev.kassa.payment;

/** What a provider says of a {@link HoldChange}. Only its explicit word does or refuses. */
public sealed interface HoldOutcome {
    /** Collected or let go, under the provider's own {@code reference}. */
    record Done(String reference) implements HoldOutcome {}

    /** Refused for good; {@code reason} in lower snake case. */
    record Refused(String reason) implements HoldOutcome {}

    /** Not decided yet, no answer, or none that can be read. {@code why} is for the log. */
    record Unknown(String why) implements HoldOutcome {}
}
