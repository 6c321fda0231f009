package dev.kassa.webhook;

import dev.kassa.database.Sql;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Tries deliveries, each on a virtual thread, as many at once as their lane allows. */
@Component
final class DeliverySender {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySender.class);

    /** How long a stopping server waits for tries under way. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Lanes lanes;
    private final LaneQueue queue;
    private final DeliveryResults results;
    private final DestinationTable destinations;
    private final Sender sender;
    private final ObservationRegistry observations;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean closed;

    DeliverySender(
            Lanes lanes,
            LaneQueue queue,
            DeliveryResults results,
            DestinationTable destinations,
            Sender sender,
            ObservationRegistry observations,
            InstantSource clock) {
        this.lanes = lanes;
        this.queue = queue;
        this.results = results;
        this.destinations = destinations;
        this.sender = sender;
        this.observations = observations;
        this.clock = clock;
        results.onWritten(this::written);
    }

    /** Begins a try for whatever the lane has waiting, as far as there is room. */
    void fill(Lane lane) {
        if (closed) {
            return;
        }
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
        DeliveryAttempt tried = observed(lane.target(), claim);
        Instant now = Sql.now(clock);
        Lane.Change change = lane.ended(claim, experience(tried, now), now);
        if (closed && !tried.succeeded()) {
            return; // Cut off by the stop; it says nothing of the endpoint.
        }
        if (change.worthKeeping()) {
            lanes.changed(lane);
            Instant resumeAt = change.circuit().resumeAt();
            if (resumeAt != null) {
                queue.addAt(lane, resumeAt);
            }
        }
        if (tried.gone()) {
            disable(claim);
        }
        DeliveryDecision treatment =
                DeliveryDecision.of(claim, tried, now, ThreadLocalRandom.current());
        try {
            results.add(new DeliveryTable.Done(claim, tried, treatment));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (lane.isLow(now)) {
            queue.add(lane);
        }
    }

    /** Whatever goes wrong is a failed try: a lane whose tries never end would stand still. */
    private DeliveryAttempt observed(Target target, Claim claim) {
        Observation observation =
                Observation.createNotStarted("kassa.webhook.try", observations)
                        .contextualName("webhook")
                        .lowCardinalityKeyValue("outcome", "unsent")
                        .highCardinalityKeyValue("event_id", claim.eventId());
        try {
            return observation.observe(() -> {
                DeliveryAttempt tried = sender.send(claim, target);
                var _ = observation.lowCardinalityKeyValue("outcome", tried.outcome());
                return tried;
            });
        } catch (RuntimeException | Error e) {
            LOG.error("Event {} was not sent to {}", claim.eventId(), claim.destinationId(), e);
            String error = "not sent: a fault within Kassa";
            return new DeliveryAttempt(Sql.now(clock), Duration.ZERO, null, error, "", null);
        }
    }

    private static UnaryOperator<Circuit> experience(DeliveryAttempt tried, Instant now) {
        if (tried.succeeded()) {
            return Circuit::succeeded;
        }
        Duration rest = tried.retryAfter();
        return rest == null
                ? circuit -> circuit.failed(now, ThreadLocalRandom.current())
                : circuit -> circuit.resting(now.plus(rest));
    }

    private void disable(Claim claim) {
        try {
            destinations.disableGone(claim.merchantId(), claim.destinationId(), Sql.now(clock));
            lanes.hint(claim.destinationId());
            queue.wake();
        } catch (RuntimeException e) {
            LOG.warn("Destination {} answered 410 and was not disabled", claim.destinationId(), e);
        }
    }

    private void written(Lane lane, List<DeliveryTable.Done> batch) {
        lane.written(batch.stream().map(one -> one.claim().seq()).toList());
        for (DeliveryTable.Done one : batch) {
            Instant next = one.treatment().nextTry();
            if (next != null) {
                queue.addAt(lane, next);
            }
        }
        fill(lane);
        if (lane.isLow(Sql.now(clock))) {
            queue.add(lane);
        }
    }

    /** What is under way may end; then it is cut off. */
    void stop() throws InterruptedException {
        closed = true;
        threads.shutdown();
        if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
            sender.close();
            var _ = threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
