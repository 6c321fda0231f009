package dev.kassa.payment;

/** What came of asking a provider about a pending operation. */
public sealed interface CheckResult {
    /** The provider gave its final answer, which was written. */
    record Settled() implements CheckResult {}

    /** The provider waits for the shopper, as it may. */
    record Waiting() implements CheckResult {}

    /** No final answer. {@code why} is for the person who looks into it. */
    record Unknown(String why) implements CheckResult {}
}
