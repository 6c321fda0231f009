package dev.kassa.webhook;

import dev.kassa.database.Hints;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Pause;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends what is due in this server's lanes. Fetching is done by one loop for all lanes; each try
 * runs on a virtual thread ({@link DeliverySender}), and one more thread writes down what came of
 * them ({@link DeliveryResults}).
 *
 * <p>A fetch asks for the lanes of which something is known: an event of theirs was written, a
 * retry is due, a circuit lets a probe through, there is room for more. What nobody hinted at is
 * found once a second by reading which destinations have a delivery that was never tried, and by
 * {@link Lanes}, which reads a few lanes again each second.
 */
@Component
final class Deliveries implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** At least this long between two fetches, however often an event rings. */
    private static final Duration GAP = Duration.ofMillis(10);

    /** Lanes of one fetch. */
    private static final int LANES = 500;

    /**
     * Destinations with deliveries never tried that are read each second; if there are more, most
     * of them dead, a lost hint costs a second for each so many.
     */
    private static final int WAITING = 2000;

    /** To the other nodes: this destination was configured, or something queued for it. */
    private static final String TOPIC = "destination";

    private final Lanes lanes;
    private final LaneQueue queue;
    private final DeliverySender sender;
    private final DeliveryResults results;
    private final DeliveryTable table;
    private final Hints hints;
    private final InstantSource clock;
    private @Nullable DestinationId waiting;
    private volatile boolean closed;
    private long tendedAtNanos = System.nanoTime() - INTERVAL.toNanos();
    private long fetchedAtNanos = System.nanoTime() - GAP.toNanos();

    Deliveries(
            Lanes lanes,
            LaneQueue queue,
            DeliverySender sender,
            DeliveryResults results,
            DeliveryTable table,
            Hints hints,
            InstantSource clock) {
        this.lanes = lanes;
        this.queue = queue;
        this.sender = sender;
        this.results = results;
        this.table = table;
        this.hints = hints;
        this.clock = clock;
        hints.receive(TOPIC, destination -> changed(DestinationId.parse(destination)));
    }

    @Override
    public String name() {
        return "webhook-deliveries";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void started(Runnable hint) {
        queue.onReady(hint);
    }

    /** A destination was configured, or something queued for it: its server is to look at once. */
    void configured(DestinationId destination) {
        changed(destination);
        if (!lanes.isAlone()) {
            hints.send(TOPIC, destination.toString());
        }
    }

    private void changed(DestinationId destination) {
        lanes.hint(destination);
        queue.wake();
    }

    /**
     * Begins a try for every delivery that is due now in this server's lanes, as far as there is
     * room.
     */
    @Override
    public synchronized void runOnce() {
        if (closed) {
            return;
        }
        if (System.nanoTime() - tendedAtNanos >= INTERVAL.toNanos()) {
            tendedAtNanos = System.nanoTime();
            lanes.tend(this::look);
            poll();
        }
        lanes.follow(this::look);
        Pause.untilNanos(fetchedAtNanos + GAP.toNanos());
        fetchedAtNanos = System.nanoTime();
        fetch(Sql.now(clock));
    }

    private void look(Lane lane) {
        lane.expectMore();
        queue.add(lane);
    }

    private void poll() {
        List<DestinationId> found = table.waitingOfAnyMerchant(waiting, WAITING);
        found.forEach(destination -> lanes.find(destination).ifPresent(this::look));
        waiting = found.size() < WAITING ? null : found.getLast();
    }

    private void fetch(Instant now) {
        List<Lane> ready = queue.take(now, LANES);
        Map<DestinationId, Integer> wanted = new HashMap<>();
        for (Lane lane : ready) {
            int size = lane.beginFetch(now);
            if (size > 0) {
                wanted.put(lane.destination(), size);
            }
        }
        if (!wanted.isEmpty()) {
            read(ready, wanted, now);
        }
        for (Lane lane : ready) {
            Instant resumeAt = lane.circuit().resumeAt();
            if (resumeAt != null && resumeAt.isAfter(now)) {
                queue.addAt(lane, resumeAt);
            }
            sender.fill(lane);
        }
        if (queue.isReady()) {
            queue.wake();
        }
    }

    private void read(List<Lane> ready, Map<DestinationId, Integer> wanted, Instant now) {
        DeliveryTable.@Nullable Due due = null;
        try {
            due = table.dueOfAnyMerchant(lanes.registration(), wanted, now);
        } finally {
            for (Lane lane : ready) {
                DestinationId id = lane.destination();
                if (wanted.containsKey(id)) {
                    end(lane, due);
                }
            }
        }
    }

    /** Ends a lane's fetch; without {@code due} the reading failed, and is done again. */
    private void end(Lane lane, DeliveryTable.@Nullable Due due) {
        DestinationId id = lane.destination();
        if (due == null) {
            lane.offer(List.of(), true);
            queue.retry(lane);
            return;
        }
        lane.offer(due.claims().getOrDefault(id, List.of()), due.more().contains(id));
        Instant next = due.next().get(id);
        if (next != null) {
            queue.addAt(lane, next);
        }
    }

    /**
     * What is under way may end, what was answered is written down, the lanes are left to others.
     */
    @PreDestroy
    void stop() {
        closed = true;
        try {
            sender.stop();
            results.stop();
            lanes.retire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The lanes were not left; others take them in {}", Lanes.LEASE, e);
        }
    }
}
