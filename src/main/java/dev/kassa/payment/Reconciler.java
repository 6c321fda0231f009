package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Asks providers about operations that nobody has settled until they know: payments, their
 * reversals, and the captures, refunds and releases of orders, side by side. It claims what is due
 * and never waits for a check; {@link Bulkheads} has the checks. What has stayed unanswered for
 * {@link Limits#UNANSWERED} is told once.
 */
@Component
final class Reconciler implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Operations told of in one step. */
    private static final int TELL = 100;

    private final List<PendingOperations<?>> all;
    private final OperationTable operations;
    private final Bulkheads bulkheads;
    private final EventLog events;
    private final InstantSource clock;

    Reconciler(
            List<PendingOperations<?>> all,
            OperationTable operations,
            Bulkheads bulkheads,
            EventLog events,
            InstantSource clock) {
        this.all = all;
        this.operations = operations;
        this.bulkheads = bulkheads;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "reconciler";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void started(Runnable wake) {
        bulkheads.whenThereIsRoom(wake);
    }

    /** Begins the checks that are due now and have room, and tells of what stays unknown. */
    @Override
    public synchronized void runOnce() {
        bulkheads.interruptOverdue();
        all.forEach(this::claim);
        tell();
    }

    private <T> void claim(PendingOperations<T> pending) {
        PendingTable<T> table = pending.table();
        List<T> due =
                table.claimDueOfAnyMerchant(
                        Sql.now(clock),
                        Bulkheads.CHECKS,
                        bulkheads.busy(table.name()),
                        bulkheads.ids(table.name()));
        for (T row : due) {
            bulkheads.start(
                    table.name(), table.provider(row), table.id(row), () -> check(pending, row));
        }
    }

    private <T> void check(PendingOperations<T> pending, T row) {
        PendingTable<T> table = pending.table();
        CheckResult result;
        try {
            result = pending.check(row);
        } catch (RuntimeException e) {
            LOG.warn("What came of the check of {} was not written", table.id(row), e);
            result = new CheckResult.Unknown("Kassa could not write what came of it.");
        }
        // An interrupted check may still write what came of it.
        var _ = Thread.interrupted();
        table.checkedOfAnyMerchant(table.id(row), result, Sql.now(clock));
    }

    private void tell() {
        Instant now = Sql.now(clock);
        Instant before = now.minus(Limits.UNANSWERED);
        for (ProviderOperation one : operations.untoldOfAnyMerchant(before, TELL)) {
            Event event =
                    Event.operationUnknown(
                            one.merchantId(),
                            one.sessionId(),
                            one.orderId(),
                            one.kind().word(),
                            one.id(),
                            Objects.requireNonNull(one.unansweredSince()),
                            now);
            if (PendingOperations.of(one.kind(), all).table().tell(one, event, before, now)) {
                LOG.error(
                        "{} has owed its answer about {} {} since {}: {}",
                        one.provider(),
                        one.kind().word(),
                        one.id(),
                        one.unansweredSince(),
                        one.lastAnswer());
                events.committed(one.merchantId(), one.deviceId(), event.type());
            }
        }
    }

    /** Waits for the checks that are under way now; false when they take longer. */
    public boolean await(Duration atMost) throws InterruptedException {
        return bulkheads.await(atMost);
    }
}
