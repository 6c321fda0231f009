package dev.kassa.webhook;

import dev.kassa.event.EventType;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What this server is doing for one destination: deliveries fetched ahead, and tries under way. Of
 * one session only one first try is under way at a time, so that its events are first sent in their
 * order.
 */
final class Lane {
    /** Deliveries fetched ahead for each try that may be under way. */
    private static final int AHEAD = 8;

    /**
     * Deliveries under way or not yet written down: what a server that dies leaves to be sent a
     * second time.
     */
    static final int UNWRITTEN = 4 * Circuit.WIDEST;

    private final DestinationId destination;
    private final MerchantId merchant;
    private final long fence;
    private final Deque<Claim> waiting = new ArrayDeque<>();

    /** Waiting, under way, or answered and not yet written down. */
    private final Set<Long> known = new HashSet<>();

    /** Written down while a fetch is under way, which may have read them before. */
    private final Set<Long> written = new HashSet<>();

    private final Set<UUID> sessionsUnderWay = new HashSet<>();
    private @Nullable Set<String> types;
    private Target target;
    private Circuit circuit;
    private long resumes;
    private Instant changedAt;
    private int underWay;
    private boolean mayHaveMore = true;
    private boolean fetching;
    private boolean leaving;

    Lane(LaneTable.Row row) {
        this.destination = row.destination();
        this.merchant = row.merchant();
        this.fence = row.fence();
        this.types = row.types();
        this.target = row.target();
        this.circuit = row.circuit();
        this.resumes = row.resumes();
        this.changedAt = row.changedAt();
    }

    DestinationId destination() {
        return destination;
    }

    synchronized Target target() {
        return target;
    }

    MerchantId merchant() {
        return merchant;
    }

    /** This server's fencing number when it took the lane. */
    long fence() {
        return fence;
    }

    synchronized Circuit circuit() {
        return circuit;
    }

    /**
     * Whether its destination is sent events of one of these types, as far as this server knows.
     */
    synchronized boolean isSent(Set<EventType> happened) {
        Set<String> ticked = types;
        return target.enabled()
                && happened.stream()
                        .anyMatch(type ->
                                ticked == null ? type.documented() : ticked.contains(type.wire()));
    }

    /**
     * Follows the destination's configuration; what was fetched for another URL is dropped. Answers
     * whether the circuit was closed by somebody who asked for a try now.
     */
    synchronized boolean follow(LaneTable.Row row) {
        types = row.types();
        boolean resumed = row.resumes() != resumes;
        resumes = row.resumes();
        changedAt = row.changedAt();
        if (!target.equals(row.target())) {
            target = row.target();
            circuit = Circuit.restored(0, null);
            drop();
            return true;
        }
        if (resumed) {
            circuit = circuit.resumed();
        }
        return resumed;
    }

    /** Whether it follows this very state of its row. */
    synchronized boolean isOf(LaneTable.Row row) {
        return changedAt.equals(row.changedAt());
    }

    /** There may be deliveries to try that it does not know. */
    synchronized void expectMore() {
        mayHaveMore = true;
    }

    /**
     * How many of the destination's pending deliveries to read now, those known included; 0 for not
     * to look. Otherwise the fetch ends with {@link #offer}.
     */
    synchronized int beginFetch(Instant now) {
        int room = mayHaveMore ? room(now) : 0;
        if (room == 0) {
            return 0;
        }
        mayHaveMore = false;
        fetching = true;
        return known.size() + room;
    }

    private int room(Instant now) {
        int ahead = circuit.width() * AHEAD;
        return waiting.size() > ahead / 2 || !mayStart(now) ? 0 : ahead - waiting.size();
    }

    private boolean mayStart(Instant now) {
        return !leaving && target.enabled() && !circuit.holdsBack(now);
    }

    /** Takes those that are new to it. {@code more}: there may be more than was read. */
    synchronized void offer(List<Claim> claims, boolean more) {
        mayHaveMore |= more;
        for (Claim claim : claims) {
            if (!leaving && known.add(claim.seq())) {
                waiting.add(claim);
            }
        }
        fetching = false;
        known.removeAll(written);
        written.clear();
    }

    /** The next delivery to try, if there is one and room for it. */
    synchronized Optional<Claim> start(Instant now) {
        boolean full =
                underWay >= circuit.width()
                        || known.size() - waiting.size() - written.size() >= UNWRITTEN;
        if (full || !mayStart(now)) {
            return Optional.empty();
        }
        Iterator<Claim> claims = waiting.iterator();
        while (claims.hasNext()) {
            Claim claim = claims.next();
            UUID session = claim.sessionId();
            boolean inOrder = claim.step() > 0 || session == null || sessionsUnderWay.add(session);
            if (inOrder) {
                claims.remove();
                underWay++;
                return Optional.of(claim);
            }
        }
        return Optional.empty();
    }

    /** A try is over; its delivery stays known until {@link #written}. Answers what changed. */
    synchronized Change ended(Claim claim, UnaryOperator<Circuit> experience, Instant now) {
        underWay--;
        if (claim.step() == 0 && claim.sessionId() != null) {
            sessionsUnderWay.remove(Objects.requireNonNull(claim.sessionId()));
        }
        Circuit before = circuit;
        circuit = experience.apply(circuit);
        if (circuit.holdsBack(now)) {
            drop();
        }
        boolean worthKeeping =
                before.openings() != circuit.openings()
                        || !Objects.equals(before.resumeAt(), circuit.resumeAt());
        return new Change(circuit, worthKeeping);
    }

    /** The circuit after a try, and whether the next owner must know of it. */
    record Change(Circuit circuit, boolean worthKeeping) {}

    /** Whether more should be fetched at once. */
    synchronized boolean isLow(Instant now) {
        return mayHaveMore && room(now) > 0;
    }

    synchronized void written(Collection<Long> seqs) {
        if (fetching) {
            written.addAll(seqs);
        } else {
            seqs.forEach(known::remove);
        }
    }

    /** Starts nothing more; true once nothing is under way or unwritten. */
    synchronized boolean leave() {
        leaving = true;
        drop();
        return written.containsAll(known);
    }

    private void drop() {
        mayHaveMore |= !waiting.isEmpty();
        waiting.forEach(claim -> known.remove(claim.seq()));
        waiting.clear();
    }
}
