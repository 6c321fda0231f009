package dev.kassa.webhook;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Lanes that are to be looked at: at once, or when their time has come (a retry is due, a circuit
 * lets a probe through). A lane that is in neither costs nothing.
 */
@Component
final class LaneQueue {
    private record Timer(Lane lane, Instant at) {}

    private final Set<Lane> ready = new LinkedHashSet<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparing(Timer::at));

    /** The earliest timer of each lane; the later ones in {@link #timers} were overtaken. */
    private final Map<Lane, Instant> earliest = new HashMap<>();

    private volatile Runnable wake = () -> {};

    /** {@code wake} asks for a step of whoever takes the lanes. */
    void onReady(Runnable wake) {
        this.wake = wake;
    }

    /** Asks for a step now. */
    void wake() {
        wake.run();
    }

    /** This lane is to be looked at now. */
    void add(Lane lane) {
        put(lane);
        wake();
    }

    /** This lane is to be looked at with the next step, which need not come at once. */
    void retry(Lane lane) {
        put(lane);
    }

    private synchronized void put(Lane lane) {
        ready.add(lane);
    }

    /** This lane is to be looked at when {@code at} has come, for what it does not know by then. */
    synchronized void addAt(Lane lane, Instant at) {
        Instant set = earliest.get(lane);
        if (set == null || at.isBefore(set)) {
            earliest.put(lane, at);
            timers.add(new Timer(lane, at));
        }
    }

    /** Takes out up to {@code limit} lanes that are to be looked at now. */
    synchronized List<Lane> take(Instant now, int limit) {
        for (Timer next = timers.peek();
                next != null && !next.at().isAfter(now);
                next = timers.peek()) {
            var _ = timers.remove();
            if (earliest.remove(next.lane(), next.at())) {
                next.lane().expectMore();
                ready.add(next.lane());
            }
        }
        List<Lane> taken = new ArrayList<>();
        for (Iterator<Lane> lanes = ready.iterator(); lanes.hasNext() && taken.size() < limit; ) {
            taken.add(lanes.next());
            lanes.remove();
        }
        return taken;
    }

    /** Whether any lane is left to be looked at now. */
    synchronized boolean isReady() {
        return !ready.isEmpty();
    }
}
