package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.kernel.DestinationId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * The lanes that this server works. The servers on one database divide them evenly: each takes free
 * ones up to its share and leaves what it has too many of once nothing of it is under way. The
 * lanes of a server that has not been seen for {@link #LEASE} are free.
 */
@Component
final class Lanes {
    /** How long a silent server keeps its lanes. Clocks may differ by much less than this. */
    static final Duration LEASE = Duration.ofSeconds(15);

    private static final Duration FORGET_NODES = Duration.ofHours(1);

    private final UUID me = UUID.randomUUID();
    private final Map<DestinationId, Lane> mine = new ConcurrentHashMap<>();
    private final LaneTable table;
    private final InstantSource clock;

    Lanes(LaneTable table, InstantSource clock) {
        this.table = table;
        this.clock = clock;
    }

    /** This server's name among those on the database. */
    UUID node() {
        return me;
    }

    Collection<Lane> mine() {
        return mine.values();
    }

    Optional<Lane> find(DestinationId destination) {
        return Optional.ofNullable(mine.get(destination));
    }

    /** Stays alive, takes and leaves lanes, and follows the configuration of those it has. */
    void tend() {
        Instant now = Sql.now(clock);
        Instant aliveSince = now.minus(LEASE);
        table.heartbeat(me, now);
        table.forgetNodes(now.minus(FORGET_NODES));
        int share = table.share(aliveSince);
        if (share > mine.size()) {
            var _ = table.claimOfAnyMerchant(me, aliveSince, share - mine.size());
        }
        List<LaneTable.Row> rows = table.ownedBy(me);
        Set<DestinationId> owned = new HashSet<>();
        for (LaneTable.Row row : rows) {
            owned.add(row.destination());
            Lane lane =
                    mine.computeIfAbsent(
                            row.destination(), id -> new Lane(id, row.target(), row.circuit()));
            lane.turnTo(row.target());
            if (row.circuit().resumeAt() == null) {
                lane.resume();
            }
        }
        lose(owned);
        leave(mine.size() - share);
    }

    /** Deleted ones, and those another server took because it held this one for dead. */
    private void lose(Set<DestinationId> owned) {
        for (Lane lane : List.copyOf(mine.values())) {
            if (!owned.contains(lane.destination())) {
                var _ = lane.leave();
                mine.remove(lane.destination());
            }
        }
    }

    private void leave(int tooMany) {
        int leaving = (int) mine.values().stream().filter(Lane::isLeaving).count();
        for (Lane lane : List.copyOf(mine.values())) {
            if (!lane.isLeaving() && leaving < tooMany) {
                leaving++;
                var _ = lane.leave();
            }
            if (lane.isLeaving() && lane.leave()) {
                table.release(me, lane.destination());
                mine.remove(lane.destination());
            }
        }
    }

    void keep(DestinationId destination, Circuit circuit) {
        table.keep(me, destination, circuit);
    }

    /** Leaves everything to the other servers at once. */
    void retire() {
        table.retire(me);
    }
}
