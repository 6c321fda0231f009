package dev.kassa.payment;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Operations of one table that the {@link Reconciler} asks providers about until they know, and
 * that a person can settle where a provider never will.
 *
 * @param <T> one of them
 */
public interface PendingOperations<T> {
    /** Those of this kind. */
    static PendingOperations<?> of(OperationKind kind, List<PendingOperations<?>> all) {
        return all.stream()
                .filter(operations -> operations.kinds().contains(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody has " + kind));
    }

    /** What is in the table. */
    Set<OperationKind> kinds();

    /** Their rows. */
    PendingTable<T> table();

    /** Asks the provider how one stands, and settles what it says. */
    CheckResult check(T operation);

    /**
     * Settles one by a person's word. Runs in the caller's transaction and calls no provider.
     *
     * @param as fits the operation's kind
     * @param reference the provider's own, if the person knows it
     * @return false when it was settled before; then nothing was written
     */
    boolean resolve(ProviderOperation operation, ResolvedAs as, @Nullable String reference);
}
