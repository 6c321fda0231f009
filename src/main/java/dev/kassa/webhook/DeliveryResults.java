package dev.kassa.webhook;

import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Writes down what came of the tries, as many at once as have come meanwhile. */
@Component
final class DeliveryResults {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryResults.class);

    /** Tries written down in one statement. */
    private static final int BATCH = 500;

    /** Tries under way or not yet written down; no more are begun until some are written. */
    private static final int UNWRITTEN = 8192;

    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final Duration GRACE = Duration.ofSeconds(4);

    private final BlockingQueue<DeliveryTable.Done> done = new LinkedBlockingQueue<>(UNWRITTEN);
    private final Thread thread = Thread.ofVirtual().name("webhook-log").unstarted(this::write);
    private final DeliveryTable table;
    private final Lanes lanes;
    private volatile BiConsumer<Lane, List<DeliveryTable.Done>> written = (lane, batch) -> {};
    private volatile boolean closed;

    DeliveryResults(DeliveryTable table, Lanes lanes) {
        this.table = table;
        this.lanes = lanes;
        thread.start();
    }

    /** {@code follower} is told, lane by lane, of the tries that have been written down. */
    void onWritten(BiConsumer<Lane, List<DeliveryTable.Done>> follower) {
        written = follower;
    }

    /** Takes one to write down; waits while there are too many. */
    void add(DeliveryTable.Done one) throws InterruptedException {
        done.put(one);
    }

    private void write() {
        List<DeliveryTable.Done> batch = new ArrayList<>();
        while (!closed || !done.isEmpty()) {
            try {
                DeliveryTable.Done first =
                        batch.isEmpty() ? done.poll(100, TimeUnit.MILLISECONDS) : null;
                if (first != null) {
                    batch.add(first);
                }
                var _ = done.drainTo(batch, BATCH - batch.size());
                lanes.keepCircuits();
                if (!batch.isEmpty()) {
                    table.finishOfAnyMerchant(batch);
                    tell(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("{} tries could not be written down, trying again", batch.size(), e);
                if (closed) {
                    return; // They are tried again by whoever comes next.
                }
                Pause.of(RETRY);
            }
        }
    }

    private void tell(List<DeliveryTable.Done> batch) {
        Map<DestinationId, List<DeliveryTable.Done>> byLane =
                batch.stream().collect(Collectors.groupingBy(one -> one.claim().destinationId()));
        byLane.forEach((destination, some) ->
                lanes.find(destination).ifPresent(lane -> written.accept(lane, some)));
    }

    /** Writes what there is, and ends. */
    void stop() throws InterruptedException {
        closed = true;
        var _ = thread.join(GRACE);
        thread.interrupt();
    }
}
