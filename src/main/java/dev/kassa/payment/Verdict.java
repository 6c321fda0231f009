package dev.kassa.payment;

import org.jspecify.annotations.Nullable;

/** A final outcome as columns. */
record Verdict(
        AttemptStatus status,
        @Nullable String failureReason,
        @Nullable String reference,
        @Nullable Card card) {
    @Nullable String cardBrand() {
        return card == null ? null : card.brand();
    }

    @Nullable String cardLast4() {
        return card == null ? null : card.last4();
    }

    static Verdict of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Approved(String reference, @Nullable Card card) ->
                    new Verdict(AttemptStatus.APPROVED, null, reference, card);
            case Outcome.Declined(String reason) ->
                    new Verdict(AttemptStatus.DECLINED, reason, null, null);
            case Outcome.Failed(String reason) ->
                    new Verdict(AttemptStatus.FAILED, reason, null, null);
            case Outcome.Cancelled() -> new Verdict(AttemptStatus.CANCELLED, null, null, null);
            case Outcome.ActionNeeded _, Outcome.Unknown _ ->
                    throw new IllegalArgumentException(outcome + " settles nothing");
        };
    }
}
