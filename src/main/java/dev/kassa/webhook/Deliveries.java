package dev.kassa.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kassa.database.Sql;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Vault;
import dev.kassa.kernel.Worker;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Sends what is due in this server's lanes. Fetching is done by one loop for all lanes, each try
 * runs on a virtual thread, and what came of the tries is written down by one more thread, many at
 * once.
 */
@Component
public final class Deliveries implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** At least this long between two fetches, however often an event rings. */
    private static final Duration GAP = Duration.ofMillis(10);

    /** How long a stopping server waits for tries under way. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Tries written down in one statement. */
    private static final int BATCH = 500;

    /** Tries under way or not yet written down; no more are begun until some are written. */
    private static final int UNWRITTEN = 8192;

    private final Lanes lanes;
    private final DeliveryTable table;
    private final DestinationTable destinations;
    private final Vault vault;
    private final InstantSource clock;
    private final EventLog events;
    private final Sender sender;
    private final ObservationRegistry observations;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<DeliveryTable.Done> done = new LinkedBlockingQueue<>(UNWRITTEN);
    private final Thread writer = Thread.ofVirtual().name("webhook-log").unstarted(this::write);
    private final Cache<String, String> openedSecrets =
            Caffeine.newBuilder()
                    .maximumSize(10_000)
                    .expireAfterWrite(INTERVAL.multipliedBy(60))
                    .build();
    private volatile Runnable wake = () -> {};
    private volatile boolean closed;
    private Instant tended = Instant.MIN;
    private long fetchedAtNanos = System.nanoTime() - GAP.toNanos();

    Deliveries(
            Lanes lanes,
            DeliveryTable table,
            DestinationTable destinations,
            Vault vault,
            Sender sender,
            EventLog events,
            ObservationRegistry observations,
            InstantSource clock) {
        this.lanes = lanes;
        this.table = table;
        this.destinations = destinations;
        this.vault = vault;
        this.sender = sender;
        this.observations = observations;
        this.events = events;
        this.clock = clock;
        writer.start();
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
        this.wake = hint;
        events.follow(change -> hint.run());
    }

    /** Something was configured or queued: look at once, at the configuration too. */
    void configured() {
        tendNext();
        wake.run();
    }

    private synchronized void tendNext() {
        tended = Instant.MIN;
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
        Instant now = Sql.now(clock);
        if (!now.isBefore(tended.plus(INTERVAL))) {
            lanes.tend();
            tended = now;
        }
        LockSupport.parkNanos(fetchedAtNanos + GAP.toNanos() - System.nanoTime());
        fetchedAtNanos = System.nanoTime();
        fetch(now);
    }

    private void fetch(Instant now) {
        Map<DestinationId, Integer> wanted = new HashMap<>();
        for (Lane lane : lanes.mine()) {
            int size = lane.beginFetch(now);
            if (size > 0) {
                wanted.put(lane.destination(), size);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        Map<DestinationId, List<Claim>> due =
                table.dueOfAnyMerchant(lanes.node(), wanted, now).stream()
                        .collect(Collectors.groupingBy(Claim::destinationId));
        wanted.forEach((destination, size) ->
                lanes.find(destination)
                        .ifPresent(lane -> {
                            List<Claim> claims = due.getOrDefault(destination, List.of());
                            lane.offer(claims, claims.size() >= size);
                            fill(lane);
                        }));
    }

    private void fill(Lane lane) {
        for (var next = lane.start(Sql.now(clock));
                next.isPresent();
                next = lane.start(Sql.now(clock))) {
            Claim claim = next.get();
            threads.execute(() -> work(lane, claim));
        }
    }

    /** Tries one delivery, and then whatever the lane has next, on the same thread. */
    private void work(Lane lane, Claim first) {
        @Nullable Claim claim = first;
        while (claim != null) {
            attempt(lane, claim);
            if (closed) {
                return;
            }
            claim = lane.start(Sql.now(clock)).orElse(null);
            fill(lane);
        }
    }

    private void attempt(Lane lane, Claim claim) {
        Try tried = observed(lane.target(), claim);
        Instant now = Sql.now(clock);
        Lane.Change change = lane.ended(claim, experience(tried, now), now);
        if (closed && !tried.succeeded()) {
            return; // Cut off by the stop; it says nothing of the endpoint.
        }
        if (change.worthKeeping()) {
            keep(lane, change.circuit());
        }
        if (tried.gone()) {
            disable(claim);
        }
        Treatment treatment = Treatment.of(claim, tried, now, ThreadLocalRandom.current());
        try {
            done.put(new DeliveryTable.Done(claim, tried, treatment));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (lane.isLow(now)) {
            wake.run();
        }
    }

    private Try observed(Target target, Claim claim) {
        Observation observation =
                Observation.createNotStarted("kassa.webhook.try", observations)
                        .contextualName("webhook")
                        .lowCardinalityKeyValue("outcome", "unsent")
                        .highCardinalityKeyValue("event_id", claim.eventId());
        return observation.observe(() -> {
            Try tried = tried(target, claim);
            var _ = observation.lowCardinalityKeyValue("outcome", tried.outcome());
            return tried;
        });
    }

    private Try tried(Target target, Claim claim) {
        try {
            List<String> secrets =
                    target.sealedSecrets(Sql.now(clock)).stream()
                            .map(sealed -> openedSecrets.get(sealed, vault::open))
                            .toList();
            return sender.send(claim, target, secrets);
        } catch (IllegalStateException e) {
            LOG.warn("The secret of destination {} cannot be read", claim.destinationId());
            return new Try(
                    Sql.now(clock), Duration.ZERO, null, "the secret cannot be read", "", null);
        }
    }

    private static UnaryOperator<Circuit> experience(Try tried, Instant now) {
        if (tried.succeeded()) {
            return Circuit::succeeded;
        }
        Duration rest = tried.retryAfter();
        return rest == null
                ? circuit -> circuit.failed(now, ThreadLocalRandom.current())
                : circuit -> circuit.resting(now.plus(rest));
    }

    private void keep(Lane lane, Circuit circuit) {
        try {
            lanes.keep(lane.destination(), circuit);
        } catch (RuntimeException e) {
            // A hint for the next owner, no more.
            LOG.warn("The circuit of {} was not written down", lane.destination(), e);
        }
    }

    private void disable(Claim claim) {
        try {
            destinations.disableGone(claim.merchantId(), claim.destinationId(), Sql.now(clock));
            configured();
        } catch (RuntimeException e) {
            LOG.warn("Destination {} answered 410 and was not disabled", claim.destinationId(), e);
        }
    }

    /** Writes down what came of the tries, as many at once as have gathered meanwhile. */
    private void write() {
        List<DeliveryTable.Done> batch = new ArrayList<>();
        while (!closed || !done.isEmpty()) {
            try {
                DeliveryTable.@Nullable Done first =
                        batch.isEmpty() ? done.poll(100, TimeUnit.MILLISECONDS) : null;
                if (first != null) {
                    batch.add(first);
                }
                var _ = done.drainTo(batch, BATCH - batch.size());
                if (!batch.isEmpty()) {
                    table.finishOfAnyMerchant(batch);
                    written(batch);
                    batch.clear();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("{} tries could not be written down, trying again", batch.size(), e);
                if (closed) {
                    return; // They are tried again by whoever comes next.
                }
                LockSupport.parkNanos(INTERVAL.toNanos());
            }
        }
    }

    private void written(List<DeliveryTable.Done> batch) {
        batch.stream()
                .collect(
                        Collectors.groupingBy(
                                d -> d.claim().destinationId(),
                                Collectors.mapping(d -> d.claim().seq(), Collectors.toList())))
                .forEach((destination, seqs) ->
                        lanes.find(destination)
                                .ifPresent(lane -> {
                                    lane.written(seqs);
                                    if (!closed) {
                                        fill(lane);
                                    }
                                }));
    }

    /**
     * What is under way may end, what was answered is written down, the lanes are left to others.
     */
    @PreDestroy
    void stop() {
        closed = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                sender.close();
                var _ = threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
            var _ = writer.join(GRACE.multipliedBy(2));
            writer.interrupt();
            lanes.retire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("The lanes were not left; others take them in {}", Lanes.LEASE, e);
        }
        sender.close();
    }
}
