package dev.kassa.payment;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a person can say became of an operation. */
public enum ResolvedAs {
    /** Collected, or held if it is to be captured later. */
    PAID,
    /** Not collected; the clerk may try again. */
    DECLINED,
    /** Not collected, and the session ends. */
    FAILED,
    /** Ended at the provider; nothing was and nothing will be collected. */
    CANCELLED,
    /** Given back. */
    REFUNDED,
    /** Held money collected. */
    CAPTURED,
    /** Held money let go. */
    RELEASED,
    /** Not done, and not going to be. */
    REFUSED;

    /** The reason that events and answers give for what a person said was not done. */
    public static final String REASON = "resolved_by_hand";

    /** Whether it can become of an operation of this kind. */
    public boolean fits(OperationKind kind) {
        return switch (this) {
            case PAID, DECLINED, FAILED, CANCELLED -> kind == OperationKind.PAYMENT;
            case REFUNDED -> kind == OperationKind.REFUND || kind == OperationKind.REVERSAL;
            case CAPTURED -> kind == OperationKind.CAPTURE;
            case RELEASED -> kind == OperationKind.RELEASE;
            case REFUSED -> kind != OperationKind.PAYMENT;
        };
    }

    /** All that can become of an operation of this kind. */
    public static List<ResolvedAs> of(OperationKind kind) {
        return Arrays.stream(values()).filter(one -> one.fits(kind)).toList();
    }

    /** The one of this word, whatever its case. */
    public static Optional<ResolvedAs> parse(String word) {
        return Arrays.stream(values())
                .filter(one -> one.name().equalsIgnoreCase(word.strip()))
                .findFirst();
    }

    /** In lower case, as on the command line and in the timeline. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
