package dev.kassa.payment;

import dev.kassa.database.Sql;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Lists operations whose outcome is not known, and settles one by a person's word: through the same
 * door as a provider's, in one transaction with who said so and why. No provider is called.
 */
@Service
public final class Resolutions {
    private final OperationTable table;
    private final List<PendingOperations<?>> all;
    private final TransactionTemplate transactions;
    private final InstantSource clock;

    Resolutions(
            OperationTable table,
            List<PendingOperations<?>> all,
            TransactionTemplate transactions,
            InstantSource clock) {
        this.table = table;
        this.all = all;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** What became of a person's word. */
    public sealed interface Result {
        /** It settled the operation, which is shown as it stands now. */
        record Resolved(ProviderOperation operation) implements Result {}

        /** There is no operation of this id. */
        record Unknown() implements Result {}

        /** It was settled before, perhaps a moment ago, as it shows. */
        record SettledBefore(ProviderOperation operation) implements Result {}

        /** Nothing of the kind can become of it. */
        record DoesNotFit(ProviderOperation operation) implements Result {}

        /** It is pending, but its session or order does not wait for it; nothing was written. */
        record NotApplicable(ProviderOperation operation) implements Result {}
    }

    /** Pending operations of any merchant, begun at {@code before} or earlier, the oldest first. */
    public List<ProviderOperation> pending(Instant before, int limit) {
        return table.pendingOfAnyMerchant(before, limit);
    }

    /** Settles the operation as the person says, if nobody has settled it. */
    public Result resolve(UUID id, Resolution resolution) {
        Optional<ProviderOperation> found = table.findOfAnyMerchant(id);
        if (found.isEmpty()) {
            return new Result.Unknown();
        }
        ProviderOperation operation = found.get();
        if (!operation.pending()) {
            return new Result.SettledBefore(operation);
        }
        if (!resolution.as().fits(operation.kind())) {
            return new Result.DoesNotFit(operation);
        }

        boolean resolved = write(operation, resolution);
        ProviderOperation now = table.findOfAnyMerchant(id).orElse(operation);
        if (resolved) {
            return new Result.Resolved(now);
        }
        return now.pending() ? new Result.NotApplicable(now) : new Result.SettledBefore(now);
    }

    private boolean write(ProviderOperation operation, Resolution resolution) {
        try {
            return Boolean.TRUE.equals(
                    transactions.execute(transaction -> {
                        table.insert(operation, resolution, Sql.now(clock));
                        boolean settled =
                                PendingOperations.of(operation.kind(), all)
                                        .resolve(
                                                operation, resolution.as(), resolution.reference());
                        if (!settled) {
                            transaction.setRollbackOnly();
                        }
                        return settled;
                    }));
        } catch (DuplicateKeyException e) {
            // Somebody else has resolved it at the same moment.
            return false;
        }
    }
}
