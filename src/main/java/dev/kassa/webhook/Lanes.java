package dev.kassa.webhook;

import dev.kassa.database.Nodes;
import dev.kassa.event.EventType;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The lanes that this server works. The servers on one database divide them evenly: each takes free
 * ones up to its share and leaves what it has too many of once nothing of it is under way. The
 * lanes of a server that has not been seen for {@link #LEASE} are free. A server that was held for
 * dead and comes back is registered anew ({@link Nodes}): it forgets all that it had and takes
 * lanes as any other.
 *
 * <p>What changed is read each second, and at once after a hint. Beside that all lanes are read
 * again, a few each second ({@link #SWEPT}): that is what guarantees that none is forgotten,
 * whatever went wrong, and it costs the same with ten lanes as with ten thousand.
 */
@Component
final class Lanes {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

    /** How long a silent server keeps its lanes, by the database's clock. */
    static final Duration LEASE = Limits.NODE_SILENCE;

    /** How long a change may take from its statement to its commit and still be read at once. */
    private static final Duration COMMIT = Duration.ofSeconds(5);

    /** Lanes of one statement. */
    private static final int PORTION = 1000;

    /** Lanes that are read again each second, whether they changed or not. */
    private static final int SWEPT = 100;

    /** Seconds between two looks at how the lanes are divided, when nothing seems to change. */
    private static final int BALANCED_EVERY = 15;

    /** As PostgreSQL orders them, and not by the sign of a long. */
    private static final Comparator<DestinationId> ORDER =
            Comparator.<DestinationId>comparingLong(
                            id -> id.value().getMostSignificantBits() ^ Long.MIN_VALUE)
                    .thenComparingLong(id -> id.value().getLeastSignificantBits() ^ Long.MIN_VALUE);

    private final NavigableMap<DestinationId, Lane> mine = new ConcurrentSkipListMap<>(ORDER);
    private final Map<MerchantId, Set<Lane>> ofMerchants = new ConcurrentHashMap<>();
    private final Set<Lane> leaving = new HashSet<>();
    private final Set<DestinationId> hinted = ConcurrentHashMap.newKeySet();
    private final Set<Lane> unkept = ConcurrentHashMap.newKeySet();
    private final Nodes nodes;
    private final LaneTable table;
    private volatile Nodes.Registration me;
    private volatile Set<UUID> others = Set.of();
    private @Nullable Instant readUntil;
    private @Nullable DestinationId swept;
    private boolean unbalanced = true;
    private int ticks;

    Lanes(Nodes nodes, LaneTable table) {
        this.nodes = nodes;
        this.table = table;
        this.me = nodes.registration();
    }

    /** Under what this server has its lanes. */
    Nodes.Registration registration() {
        return me;
    }

    /** Whether no other server was alive when this one last looked. */
    boolean isAlone() {
        return others.isEmpty();
    }

    Optional<Lane> find(DestinationId destination) {
        return Optional.ofNullable(mine.get(destination));
    }

    /** The lanes whose destinations are sent events of this merchant and one of these types. */
    List<Lane> concerned(MerchantId merchant, Set<EventType> types) {
        return ofMerchants.getOrDefault(merchant, Set.of()).stream()
                .filter(lane -> lane.isSent(types))
                .toList();
    }

    /** This destination was configured: {@link #follow} is to read it. Returns at once. */
    void hint(DestinationId destination) {
        hinted.add(destination);
    }

    /** Reads what was hinted at. Called by one thread at a time, as {@link #tend} is. */
    void follow(Consumer<Lane> look) {
        List<DestinationId> named = new ArrayList<>();
        hinted.removeIf(named::add);
        if (named.isEmpty()) {
            return;
        }
        try {
            List<LaneTable.Row> rows = table.ofAnyMerchant(named);
            rows.forEach(row -> apply(row, look));
            rows.forEach(row -> named.remove(row.destination()));
            named.forEach(this::lose);
            if (unbalanced) {
                balance(look);
            }
        } catch (RuntimeException e) {
            hinted.addAll(named);
            throw e;
        }
    }

    /** Follows the configuration, takes and leaves lanes. */
    void tend(Consumer<Lane> look) {
        followRegistration();
        Nodes.Others alive = nodes.others(LEASE);
        unbalanced |= !alive.nodes().equals(others) || ticks % BALANCED_EVERY == 0;
        others = alive.nodes();
        if (readUntil != null) {
            readChanges(readUntil.minus(COMMIT), look);
        }
        readUntil = alive.at();
        sweep(look);
        if (unbalanced) {
            balance(look);
        }
        release();
        ticks++;
    }

    /** What it had under an earlier registration may be anybody's by now. */
    private void followRegistration() {
        Nodes.Registration now = nodes.registration();
        if (!now.equals(me)) {
            List.copyOf(mine.keySet()).forEach(this::lose);
            me = now;
            swept = null;
            unbalanced = true;
        }
    }

    private void readChanges(Instant since, Consumer<Lane> look) {
        List<LaneTable.Row> rows = table.changedOfAnyMerchant(since, null, PORTION);
        applyNew(rows, look);
        while (rows.size() == PORTION) {
            LaneTable.Row last = rows.getLast();
            rows = table.changedOfAnyMerchant(last.changedAt(), last.destination(), PORTION);
            applyNew(rows, look);
        }
    }

    /** A change is read for as long as one that was begun earlier may still be committed. */
    private void applyNew(List<LaneTable.Row> rows, Consumer<Lane> look) {
        for (LaneTable.Row row : rows) {
            Lane lane = mine.get(row.destination());
            if (lane == null || !lane.isOf(row)) {
                apply(row, look);
            }
        }
    }

    /** Finds what a change that was read too early has become, and deleted lanes. */
    private void sweep(Consumer<Lane> look) {
        List<LaneTable.Row> rows = table.ownedBy(me, swept, SWEPT);
        boolean last = rows.size() < SWEPT;
        NavigableMap<DestinationId, Lane> behind =
                swept == null ? mine : mine.tailMap(swept, false);
        NavigableMap<DestinationId, Lane> here =
                last ? behind : behind.headMap(rows.getLast().destination(), true);
        Set<DestinationId> gone = new HashSet<>(here.keySet());
        rows.forEach(row -> gone.remove(row.destination()));
        gone.forEach(this::lose);
        rows.forEach(row -> apply(row, look));
        swept = last ? null : rows.getLast().destination();
    }

    private void apply(LaneTable.Row row, Consumer<Lane> look) {
        if (!row.isOf(me)) {
            unbalanced |= row.owner() == null;
            lose(row.destination());
            return;
        }
        Lane lane = mine.get(row.destination());
        if (lane == null) {
            lane = new Lane(row);
            mine.put(row.destination(), lane);
            ofMerchants
                    .computeIfAbsent(row.merchant(), id -> ConcurrentHashMap.newKeySet())
                    .add(lane);
        } else if (lane.follow(row)) {
            changed(lane);
        }
        look.accept(lane);
    }

    /** A deleted one, or one that another server took because it held this one for dead. */
    private void lose(DestinationId destination) {
        Lane lane = mine.remove(destination);
        if (lane != null) {
            var _ = lane.leave();
            leaving.remove(lane);
            unkept.remove(lane);
            ofMerchants.computeIfPresent(
                    lane.merchant(),
                    (id, lanes) -> {
                        lanes.remove(lane);
                        return lanes.isEmpty() ? null : lanes;
                    });
        }
    }

    private void balance(Consumer<Lane> look) {
        int nodes = others.size() + 1;
        int share = (table.countOfAnyMerchant() + nodes - 1) / nodes;
        boolean more = true;
        while (more && mine.size() < share) {
            int limit = Math.min(PORTION, share - mine.size());
            List<LaneTable.Row> rows = table.claimOfAnyMerchant(me, LEASE, limit);
            for (LaneTable.Row row : rows) {
                lose(row.destination()); // It was free: what is remembered of it is over.
                apply(row, look);
            }
            more = rows.size() == limit;
        }
        leave(mine.size() - share);
        unbalanced = false;
    }

    private void leave(int tooMany) {
        for (Lane lane : mine.values()) {
            if (leaving.size() >= tooMany) {
                return;
            }
            if (leaving.add(lane)) {
                var _ = lane.leave();
            }
        }
    }

    private void release() {
        List<DestinationId> left =
                leaving.stream().filter(Lane::leave).map(Lane::destination).toList();
        if (!left.isEmpty()) {
            table.release(me, left);
            left.forEach(this::lose);
        }
    }

    /** The lane's circuit is to be kept for its next owners. Returns at once. */
    void changed(Lane lane) {
        unkept.add(lane);
    }

    /** Writes down the circuits that changed. What cannot be written is tried again next time. */
    void keepCircuits() {
        List<Lane> lanes = new ArrayList<>();
        unkept.removeIf(lane -> lanes.size() < PORTION && lanes.add(lane));
        if (lanes.isEmpty()) {
            return;
        }
        try {
            table.keep(
                    me.node(),
                    lanes.stream()
                            .map(lane ->
                                    new LaneTable.LaneState(
                                            lane.destination(), lane.fence(), lane.circuit()))
                            .toList());
        } catch (RuntimeException e) {
            LOG.warn("{} circuits could not be written down, trying again", lanes.size(), e);
            unkept.addAll(lanes);
        }
    }

    /** Leaves everything to the other servers at once. */
    void retire() {
        nodes.retire();
        table.retire(me);
    }
}
