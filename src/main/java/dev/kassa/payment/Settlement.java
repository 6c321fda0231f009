package dev.kassa.payment;

/**
 * What a settled attempt does to the thing it was for. The feature that owns that thing implements
 * it, since {@code payment} may not name it.
 */
public interface Settlement {
    /**
     * Writes the attempt's final status together with everything that follows from it (session,
     * order, events) in one statement, guarded by the attempt still being PENDING. The statement
     * contains {@link Attempts#CLOSE}.
     *
     * @param outcome never {@link Outcome.ActionNeeded} or {@link Outcome.Unknown}
     * @return false when somebody else had settled it; then nothing was written
     */
    boolean settle(Attempt attempt, Outcome outcome);
}
