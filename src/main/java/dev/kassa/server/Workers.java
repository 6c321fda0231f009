package dev.kassa.server;

import dev.kassa.kernel.Loop;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Runs every {@link Worker} in a loop of its own, from when the server is ready until it stops. A
 * command that works on the database beside a server runs none.
 */
@Component
@ConditionalOnWebApplication
final class Workers {
    /**
     * All that runs in the background: the name of each worker, as in the log and in its thread.
     */
    static final Set<String> NAMES =
            Set.of(
                    // payment: asks providers what became of payments, refunds and captures.
                    "reconciler",
                    // session: ends sessions whose time is up.
                    "session-expiry",
                    // webhook: sends deliveries, forgets old ones, answers long polls for events.
                    "webhook-deliveries",
                    "webhook-cleaning",
                    "event-waiters",
                    // push: what devices have to be told, who is connected, and who must be woken.
                    "inbox",
                    "presence",
                    "pushes",
                    "wake-ups",
                    // merchant: writes when API keys were used last.
                    "key-uses",
                    // http: forgets idempotency keys after a day.
                    "idempotency-cleaning",
                    // database: looks for a new key ring.
                    "key-ring",
                    // database: tells other nodes of changes, hears of theirs, checks that writes
                    // work and so says that this node is alive.
                    "hints",
                    "notifications",
                    "readiness");

    private final List<Worker> workers;
    private final List<Loop> loops = new ArrayList<>();

    Workers(List<Worker> workers) {
        Set<String> found = workers.stream().map(Worker::name).collect(Collectors.toSet());
        if (!found.equals(NAMES)) {
            throw new IllegalStateException("workers " + found + " are not those of NAMES");
        }
        this.workers = workers;
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        for (Worker worker : workers) {
            Loop loop = Loop.start(worker.name(), worker.interval(), worker::runOnce);
            worker.started(loop::wake);
            loops.add(loop);
        }
    }

    /** The worker that {@link #NAMES} lists under this name. */
    Worker named(String name) {
        return workers.stream()
                .filter(worker -> worker.name().equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no worker " + name));
    }

    /** All are asked first, so that the slowest is waited for and not their sum. */
    @PreDestroy
    void stop() {
        loops.forEach(Loop::stop);
        workers.forEach(Worker::stopping);
        loops.forEach(Loop::close);
    }
}
