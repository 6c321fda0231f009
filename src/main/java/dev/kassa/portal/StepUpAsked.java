package dev.kassa.portal;

import dev.kassa.signin.Confirmations;
import dev.kassa.signin.SecondFactors.Verdict;
import org.jspecify.annotations.Nullable;

/** A form waits until its sender has shown once more who they are. */
final class StepUpAsked extends RuntimeException {
    @java.io.Serial private static final long serialVersionUID = 1L;

    private final Confirmations.Proof needed;
    private final @Nullable Verdict refused;

    StepUpAsked(Confirmations.Proof needed, @Nullable Verdict refused) {
        super("it is asked who sends this", null, false, false);
        this.needed = needed;
        this.refused = refused;
    }

    Confirmations.Proof needed() {
        return needed;
    }

    /** Why the proof that came with the form did not do; null when none came. */
    @Nullable Verdict refused() {
        return refused;
    }
}
