package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.event.EventType;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a lane is asked for its deliveries, and when not. */
class LaneTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MerchantId MERCHANT = new MerchantId("DM1");
    private static final DestinationId DESTINATION = DestinationId.next();

    private static LaneTable.Row row(@Nullable Set<String> types, boolean enabled, long resumes) {
        return row(types, enabled, resumes, Circuit.restored(0, null));
    }

    private static LaneTable.Row row(
            @Nullable Set<String> types, boolean enabled, long resumes, Circuit circuit) {
        return new LaneTable.Row(
                DESTINATION,
                MERCHANT,
                types,
                UUID.randomUUID(),
                1,
                new Target(URI.create("https://x.example/"), enabled, "secret", null, null),
                circuit,
                resumes,
                NOW);
    }

    private static Claim claim(long seq) {
        return new Claim(
                DESTINATION, MERCHANT, seq, "kevt_" + seq, UUID.randomUUID(), 0, NOW, "{}");
    }

    @Test
    void aLaneThatExpectsNothingIsNotAskedFor() {
        Lane lane = new Lane(row(null, true, 0));
        assertThat(lane.beginFetch(NOW)).as("at first, nothing is known").isPositive();
        lane.offer(List.of(), false);
        assertThat(lane.beginFetch(NOW)).isZero();
        assertThat(lane.isLow(NOW)).isFalse();
        lane.expectMore();
        assertThat(lane.beginFetch(NOW)).isPositive();
        lane.expectMore();
        lane.offer(List.of(), false);
        assertThat(lane.beginFetch(NOW)).as("something came during the fetch").isPositive();
        lane.offer(List.of(), true);
        assertThat(lane.beginFetch(NOW)).as("there was more than was read").isPositive();
    }

    @Test
    void whatWasReadIsTakenOnceUntilItIsWrittenDown() {
        Lane lane = new Lane(row(null, true, 0));
        assertThat(lane.beginFetch(NOW)).isPositive();
        lane.offer(List.of(claim(1)), false);
        Claim first = lane.start(NOW).orElseThrow();
        lane.expectMore();
        assertThat(lane.beginFetch(NOW)).isPositive();
        var _ = lane.ended(first, Circuit::succeeded, NOW);
        // Written down while the fetch is under way, which may have read it before.
        lane.written(List.of(1L));
        lane.offer(List.of(claim(1)), false);
        assertThat(lane.start(NOW)).isEmpty();
        lane.expectMore();
        assertThat(lane.beginFetch(NOW)).isPositive();
        lane.offer(List.of(claim(1)), false);
        assertThat(lane.start(NOW)).as("queued anew").isPresent();
    }

    @Test
    void eventsConcernTheDestinationsThatTickThem() {
        Set<EventType> created = Set.of(EventType.SESSION_CREATED);
        Set<EventType> expired = Set.of(EventType.SESSION_EXPIRED);
        Lane all = new Lane(row(null, true, 0));
        assertThat(all.isSent(created)).isTrue();
        assertThat(all.isSent(expired)).isFalse();
        Lane ticked = new Lane(row(Set.of("ipp.session.expired"), true, 0));
        assertThat(ticked.isSent(created)).isFalse();
        assertThat(ticked.isSent(Set.of(EventType.SESSION_CREATED, EventType.SESSION_EXPIRED)))
                .isTrue();
        assertThat(new Lane(row(null, false, 0)).isSent(created)).isFalse();
    }

    /** A row without an open circuit is not yet somebody's wish to close it. */
    @Test
    void onlySomebodyWhoAsksForItClosesACircuit() {
        Lane lane = new Lane(row(null, true, 3, new Circuit(1, 5, 1, NOW.plusSeconds(10))));
        assertThat(lane.follow(row(null, true, 3))).isFalse();
        assertThat(lane.circuit().holdsBack(NOW)).isTrue();
        assertThat(lane.follow(row(null, true, 4))).isTrue();
        assertThat(lane.circuit().holdsBack(NOW)).isFalse();
    }

    @Test
    void lanesComeWhenTheirTimeHasCome() {
        LaneQueue queue = new LaneQueue();
        Lane lane = new Lane(row(null, true, 0));
        Lane later = new Lane(row(null, true, 0));
        queue.addAt(later, NOW.plusSeconds(60));
        queue.addAt(lane, NOW.plusSeconds(20));
        queue.addAt(lane, NOW.plusSeconds(10));
        queue.addAt(lane, NOW.plusSeconds(30));
        assertThat(queue.take(NOW.plusSeconds(9), 10)).isEmpty();
        assertThat(queue.take(NOW.plusSeconds(10), 10)).containsExactly(lane);
        assertThat(queue.take(NOW.plusSeconds(59), 10)).as("overtaken timers").isEmpty();
        queue.add(lane);
        queue.add(lane);
        queue.add(later);
        assertThat(queue.take(NOW, 1)).containsExactly(lane);
        assertThat(queue.isReady()).isTrue();
        assertThat(queue.take(NOW.plus(Duration.ofHours(1)), 10)).containsExactly(later);
        assertThat(queue.isReady()).isFalse();
    }
}
