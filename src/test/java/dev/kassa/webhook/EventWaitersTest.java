package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.event.EventReader.Cursor;
import dev.kassa.event.EventType;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who is rung, and what is asked of the database for it. The log is a map here. */
class EventWaitersTest {
    private static final MerchantId SHOP = new MerchantId("DM1");
    private static final MerchantId OTHER = new MerchantId("DM2");
    private static final Set<EventType> CREATED = Set.of(EventType.SESSION_CREATED);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Map<MerchantId, Cursor> log = new ConcurrentHashMap<>();
    private final List<Collection<MerchantId>> asked = new ArrayList<>();
    private final AtomicInteger woken = new AtomicInteger();
    private final EventWaiters waiters = new EventWaiters(this::heads);

    private Map<MerchantId, Cursor> heads(Collection<MerchantId> merchants) {
        asked.add(merchants);
        Map<MerchantId, Cursor> heads = new HashMap<>(log);
        heads.keySet().retainAll(merchants);
        return heads;
    }

    private EventWaiters.Waiter enter(MerchantId merchant, Duration patience)
            throws InterruptedException {
        return waiters.enter(merchant, patience, () -> true).orElseThrow();
    }

    /** The first look rings everybody, since it knows nothing of what was read before. */
    private void begin() {
        waiters.started(woken::incrementAndGet);
        waiters.runOnce();
    }

    @Test
    void anEventRingsItsMerchantAlone() throws Exception {
        try (var mine = enter(SHOP, LONG);
                var same = enter(SHOP, LONG);
                var theirs = enter(OTHER, SHORT)) {
            begin();
            assertThat(mine.await() && same.await() && theirs.await()).isTrue();
            log.put(SHOP, new Cursor(1, 1));
            waiters.happened(SHOP, CREATED);
            waiters.runOnce();
            assertThat(mine.await()).isTrue();
            assertThat(same.await()).isTrue();
            assertThat(theirs.await()).isFalse();
        }
    }

    @Test
    void oneStatementAsksForAllAndNobodyWhoWaitsForNothing() throws Exception {
        try (var mine = enter(SHOP, SHORT);
                var theirs = enter(OTHER, SHORT)) {
            begin();
            assertThat(asked).hasSize(1);
            assertThat(asked.getFirst()).containsExactlyInAnyOrder(SHOP, OTHER);
            assertThat(mine.await() && theirs.await()).isTrue();
        }
        waiters.happened(SHOP, CREATED);
        waiters.runOnce();
        assertThat(asked).as("nobody waits").hasSize(1);
        assertThat(woken).hasValue(0);
    }

    @Test
    void manyEventsAreOneStatement() throws Exception {
        try (var mine = enter(SHOP, LONG)) {
            begin();
            assertThat(mine.await()).isTrue();
            log.put(SHOP, new Cursor(1, 1));
            for (int i = 0; i < 1000; i++) {
                waiters.happened(SHOP, CREATED);
            }
            assertThat(woken).hasValue(1);
            waiters.runOnce();
            assertThat(asked).hasSize(2);
            assertThat(mine.await()).isTrue();
        }
    }

    /** It is committed, but an older transaction holds the end of the log back. */
    @Test
    void anEventThatCannotBeReadYetIsAskedForAgain() throws Exception {
        try (var mine = enter(SHOP, LONG)) {
            begin();
            assertThat(mine.await()).isTrue();
            waiters.happened(SHOP, CREATED);
            waiters.runOnce();
            log.put(SHOP, new Cursor(1, 1));
            waiters.runOnce();
            assertThat(mine.await()).isTrue();
        }
    }

    /** Nothing hints at it; the look of each second finds it. */
    @Test
    void whatNobodyHintedAtIsFound() throws Exception {
        try (var mine = enter(SHOP, LONG)) {
            begin();
            assertThat(mine.await()).isTrue();
            log.put(SHOP, new Cursor(1, 1));
            AtomicBoolean rung = new AtomicBoolean();
            var _ =
                    Thread.startVirtualThread(() -> {
                        while (!rung.get()) {
                            waiters.runOnce();
                        }
                    });
            rung.set(mine.await());
            assertThat(rung).isTrue();
        }
    }

    @Test
    void oneMoreThanTheLimitIsRefusedUntilAClientHasGone() throws Exception {
        CountDownLatch left = new CountDownLatch(Limits.EVENTS_WAITING);
        AtomicBoolean connected = new AtomicBoolean(true);
        for (int i = 0; i < Limits.EVENTS_WAITING; i++) {
            var waiter = waiters.enter(SHOP, LONG, connected::get).orElseThrow();
            var _ =
                    Thread.startVirtualThread(() -> {
                        try (waiter) {
                            assertThat(waiter.await()).isFalse();
                            left.countDown();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
        assertThat(waiters.enter(SHOP, SHORT, () -> true)).isEmpty();
        assertThatThrownBy(() -> waiters.enterOrRefuse(SHOP, SHORT, () -> true))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Problem.Kind.TOO_MANY);
                            assertThat(refused.retryAfter())
                                    .isBetween(LONG.dividedBy(2), LONG.plusSeconds(1));
                        });
        try (var other = enter(OTHER, SHORT)) {
            assertThat(other.await()).isFalse();
        }
        connected.set(false);
        try (var mine = waiters.enterOrRefuse(SHOP, SHORT, () -> true)) {
            assertThat(mine.await()).isFalse();
        }
        left.await();
    }
}
