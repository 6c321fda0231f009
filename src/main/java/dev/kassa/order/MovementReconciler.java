package dev.kassa.order;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Asks providers about captures, refunds and releases that nobody has settled until they know. */
@Component
public final class MovementReconciler implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Movements movements;

    MovementReconciler(Movements movements) {
        this.movements = movements;
    }

    @Override
    public String name() {
        return "movement-reconciler";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void runOnce() {
        movements.checkDue();
    }
}
