package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Ends deliveries that nobody tries any more (their destination is disabled, or dead for three
 * days), and forgets tries after the retention, and deliveries whose destination is gone.
 */
@Component
final class DeliveryCleaning implements Worker {
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    /** For the last try, which is made after three days and may wait for a circuit. */
    private static final Duration SLACK = Duration.ofHours(1);

    /** Destinations looked at in one statement. */
    private static final int PORTION = 1000;

    private final DeliveryTable table;
    private final WebhookSettings settings;
    private final InstantSource clock;

    DeliveryCleaning(DeliveryTable table, WebhookSettings settings, InstantSource clock) {
        this.table = table;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "webhook-cleaning";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void runOnce() {
        Instant now = Sql.now(clock);
        Instant queuedBefore = now.minus(RetryLadder.GIVE_UP).minus(SLACK);
        untilNothingIsLeft(() -> table.giveUpOfAnyMerchant(queuedBefore, now));
        untilNothingIsLeft(
                () -> table.forgetAttemptsOfAnyMerchant(now.minus(settings.logRetention())));
        forgetOrphans();
    }

    private void forgetOrphans() {
        @Nullable DestinationId after = null;
        List<DestinationId> waiting;
        do {
            waiting = table.waitingOfAnyMerchant(after, PORTION);
            List<DestinationId> some = waiting;
            untilNothingIsLeft(() -> table.forgetOrphansOfAnyMerchant(some));
            after = waiting.isEmpty() ? null : waiting.getLast();
        } while (waiting.size() == PORTION);
    }

    private static void untilNothingIsLeft(IntSupplier batch) {
        while (batch.getAsInt() > 0) {
            // The next batch.
        }
    }
}
