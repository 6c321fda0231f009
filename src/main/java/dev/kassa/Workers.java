package dev.kassa;

import dev.kassa.kernel.Loop;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.util.ArrayList;
import java.util.List;
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
    private final List<Worker> workers;
    private final List<Loop> loops = new ArrayList<>();

    Workers(List<Worker> workers) {
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

    /** All are asked first, so that the slowest is waited for and not their sum. */
    @PreDestroy
    void stop() {
        loops.forEach(Loop::stop);
        workers.forEach(Worker::stopping);
        loops.forEach(Loop::close);
    }
}
