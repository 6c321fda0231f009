package dev.kassa.payment.simulator;

import java.util.Locale;

/** What a simulated card does when tapped (contract 2.3). */
public enum CardOutcome {
    SUCCESS(Result.APPROVED),
    DECLINED_GENERIC(Result.DECLINED),
    INSUFFICIENT_FUNDS(Result.DECLINED),
    LOST_CARD(Result.DECLINED),
    STOLEN_CARD(Result.DECLINED),
    EXPIRED_CARD(Result.DECLINED),
    INCORRECT_CVC(Result.DECLINED),
    /** Documented as terminal, so the one outcome that no other try mends. */
    PROCESSING_ERROR(Result.FAILED),
    INCORRECT_NUMBER(Result.DECLINED),
    CARD_VELOCITY_EXCEEDED(Result.DECLINED);

    enum Result {
        APPROVED,
        DECLINED,
        FAILED
    }

    private final Result result;

    CardOutcome(Result result) {
        this.result = result;
    }

    Result result() {
        return result;
    }

    /** As a failure reason: lower case. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
