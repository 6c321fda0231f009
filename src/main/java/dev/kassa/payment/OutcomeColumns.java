package dev.kassa.payment;

import org.jspecify.annotations.Nullable;

/** A final outcome as columns. */
record OutcomeColumns(
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

    static OutcomeColumns of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Approved(String reference, @Nullable Card card) ->
                    new OutcomeColumns(AttemptStatus.APPROVED, null, reference, card);
            case Outcome.Declined(String reason) ->
                    new OutcomeColumns(AttemptStatus.DECLINED, reason, null, null);
            case Outcome.Failed(String reason) ->
                    new OutcomeColumns(AttemptStatus.FAILED, reason, null, null);
            case Outcome.Cancelled() ->
                    new OutcomeColumns(AttemptStatus.CANCELLED, null, null, null);
            case Outcome.ActionNeeded _, Outcome.Unknown _ ->
                    throw new IllegalArgumentException(outcome + " settles nothing");
        };
    }
}
