package dev.kassa.invariants;

import dev.kassa.invariants.ModelSession.Attempt;
import dev.kassa.invariants.ModelSession.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What Kassa and its acquirer should hold, worked out in memory by the rules of design 4 alone: no
 * database, no network, one thing at a time. Each verb answers the HTTP status that the real one
 * owes. Times are milliseconds.
 */
final class PaymentModel {
    private static final long TTL = 3_600_000;

    private static final long FIRST_CHECK = 15_000;

    private static final long LONGEST_CHECK = 300_000;

    private final List<ModelSession> sessions = new ArrayList<>();

    private long now;

    List<ModelSession> sessions() {
        return sessions;
    }

    String state() {
        return sessions.stream().map(ModelSession::toString).collect(Collectors.joining("\n"));
    }

    void advance(long ms) {
        now += ms;
    }

    ModelSession create(int device) {
        ModelSession session = new ModelSession(device, now + TTL);
        session.events.add("ipp.session.created");
        sessions.add(session);
        return session;
    }

    /** Whoever looks at a session past its time sees it EXPIRED from then on. */
    void read(ModelSession session) {
        if (!session.isFinal() && session.inFlight == null && now >= session.expiresAt) {
            end(session, "EXPIRED", "ipp.session.expired");
        }
    }

    private static void end(ModelSession session, String status, String... events) {
        session.status = status;
        session.events.addAll(List.of(events));
    }

    /** As the clerk does it, who is then shown the session. */
    int attach(ModelSession session) {
        int status = begin(session);
        if (status == 200) {
            read(session);
        }
        return status;
    }

    private int begin(ModelSession session) {
        read(session);
        if (session.isFinal()) {
            return 409;
        }
        if (session.inFlight != null) {
            start(session, session.inFlight);
            return 200;
        }
        for (ModelSession other : sessions) {
            if (other != session
                    && other.device == session.device
                    && other.status.equals("ACTIVE")) {
                read(other);
                if (!other.isFinal()) {
                    return 409;
                }
            }
        }
        Attempt attempt = new Attempt();
        attempt.checkAt = Math.min(now + FIRST_CHECK, session.expiresAt);
        session.attempts.add(attempt);
        session.inFlight = attempt;
        if (session.status.equals("CREATED")) {
            end(session, "ACTIVE", "ipp.session.activated");
        }
        start(session, attempt);
        return 200;
    }

    int tap(ModelSession session, String card) {
        for (int i = 0; i < 10; i++) {
            Attempt inFlight = session.inFlight;
            int attached = begin(session);
            if (attached != 200) {
                return attached;
            }
            Attempt attempt = inFlight == null ? session.attempts.getLast() : inFlight;
            boolean taken = attempt.books.equals("AWAITING_CARD");
            if (taken) {
                attempt.books = verdict(card);
            }
            lookup(session, attempt);
            read(session);
            if (taken) {
                return 200;
            }
        }
        return 409;
    }

    /** As the session stands, after the acquirer was asked about the payment in flight. */
    int look(ModelSession session) {
        read(session);
        if (session.inFlight != null) {
            var _ = lookup(session, session.inFlight);
            read(session);
        }
        return 200;
    }

    int finish(ModelSession session) {
        read(session);
        if (session.status.equals("FINALIZED")) {
            return 200;
        }
        if (session.inFlight == null) {
            return 409;
        }
        if (lookup(session, session.inFlight).equals("AWAITING_CARD")) {
            return 409;
        }
        read(session);
        return 200;
    }

    int cancel(ModelSession session) {
        for (int i = 0; i < 5; i++) {
            read(session);
            if (session.status.equals("CANCELLED")) {
                return 200;
            }
            if (session.isFinal()) {
                return 409;
            }
            if (session.inFlight == null) {
                end(session, "CANCELLED", "ipp.session.cancelled");
                return 200;
            }
            if (!settles(providerCancel(session, session.inFlight))) {
                return 409;
            }
        }
        return 409;
    }

    /** The acquirer writes what it likes in its books, and says so {@code callbacks} times. */
    int decide(ModelSession session, @Nullable Attempt attempt, String card, int callbacks) {
        read(session);
        if (attempt == null || attempt.books.equals("NONE")) {
            return 409;
        }
        attempt.books = verdict(card);
        for (int i = 0; i < callbacks; i++) {
            settle(session, attempt, attempt.books);
        }
        return 200;
    }

    void expire() {
        sessions.forEach(this::read);
    }

    void reconcile() {
        for (ModelSession session : sessions) {
            for (Attempt attempt : List.copyOf(session.attempts)) {
                if (attempt.status.equals("PENDING") && attempt.checkAt <= now) {
                    check(session, attempt);
                }
            }
        }
        for (ModelSession session : sessions) {
            for (Attempt attempt : session.attempts) {
                if ("PENDING".equals(attempt.refund) && attempt.refundCheckAt <= now) {
                    attempt.refundCheckAt = now + backOff(attempt.refundChecks++);
                    checkRefund(session, attempt);
                }
            }
        }
    }

    private void check(ModelSession session, Attempt attempt) {
        boolean waiting = session.expiresAt > now;
        attempt.checkAt = now + backOff(attempt.checks++);
        if (waiting) {
            attempt.checkAt = Math.min(attempt.checkAt, session.expiresAt);
            if (lookup(session, attempt).equals("UNKNOWN")) {
                start(session, attempt);
            }
        } else {
            var _ = providerCancel(session, attempt);
        }
    }

    private static long backOff(int checks) {
        return Math.min(FIRST_CHECK << Math.min(checks, 10), LONGEST_CHECK);
    }

    private void start(ModelSession session, Attempt attempt) {
        Step step = next(session, "START");
        if (step == null || step.done()) {
            if (attempt.books.equals("NONE")) {
                attempt.books = "AWAITING_CARD";
            }
        }
        hear(session, attempt, step);
    }

    private String lookup(ModelSession session, Attempt attempt) {
        return hear(session, attempt, next(session, "LOOKUP"));
    }

    private String providerCancel(ModelSession session, Attempt attempt) {
        Step step = next(session, "CANCEL");
        if (step == null || step.done()) {
            if (attempt.books.equals("NONE") || attempt.books.equals("AWAITING_CARD")) {
                attempt.books = "CANCELLED";
            }
        }
        return hear(session, attempt, step);
    }

    private String hear(ModelSession session, Attempt attempt, @Nullable Step step) {
        if (attempt.books.equals("NONE") || (step != null && !step.heard())) {
            return "UNKNOWN";
        }
        settle(session, attempt, attempt.books);
        return attempt.books;
    }

    private static @Nullable Step next(ModelSession session, String call) {
        for (Step step : session.script) {
            if (step.call() == null || step.call().equals(call)) {
                session.script.remove(step);
                return step;
            }
        }
        return null;
    }

    private static boolean settles(String word) {
        return !word.equals("UNKNOWN") && !word.equals("AWAITING_CARD");
    }

    /** The first final word goes through; a later one that contradicts is kept. */
    private void settle(ModelSession session, Attempt attempt, String word) {
        if (!settles(word) || attempt.status.equals(word)) {
            return;
        }
        if (!attempt.status.equals("PENDING")) {
            attempt.late.add(word);
            if (!word.equals("APPROVED")) {
                return;
            }
            if (attempt.refund == null || attempt.refund.equals("REFUSED")) {
                owe(session, attempt);
            } else if (attempt.refund.equals("PENDING")) {
                attempt.approvedAgain = true;
            }
            return;
        }
        attempt.status = word;
        session.inFlight = null;
        switch (word) {
            case "APPROVED" ->
                    end(
                            session,
                            "FINALIZED",
                            "ipp.session.finalized",
                            "order.created",
                            "capture.created");
            case "DECLINED" -> session.events.add("ipp.payment.failed");
            case "FAILED" -> end(session, "FAILED", "ipp.payment.failed", "ipp.session.failed");
            case "CANCELLED" -> session.events.add("ipp.payment.cancelled");
            default -> throw new IllegalArgumentException(word);
        }
    }

    private void owe(ModelSession session, Attempt attempt) {
        attempt.refund = "PENDING";
        attempt.approvedAgain = false;
        attempt.refundChecks = 0;
        attempt.refundCheckAt = now + FIRST_CHECK;
        giveBack(session, attempt);
    }

    private void checkRefund(ModelSession session, Attempt attempt) {
        Step step = next(session, "LOOKUP");
        if (attempt.givenBack && (step == null || step.heard())) {
            refunded(session, attempt);
        } else {
            giveBack(session, attempt);
        }
    }

    private void giveBack(ModelSession session, Attempt attempt) {
        Step step = next(session, "REFUND");
        if ((step == null || step.done()) && attempt.books.equals("APPROVED")) {
            attempt.givenBack = true;
        }
        if (step == null || step.heard()) {
            if (attempt.givenBack) {
                refunded(session, attempt);
            } else {
                attempt.refund = "REFUSED";
                if (attempt.approvedAgain) {
                    owe(session, attempt);
                }
            }
        }
    }

    private static void refunded(ModelSession session, Attempt attempt) {
        attempt.refund = "REFUNDED";
        session.events.add("ipp.payment.refunded");
    }

    static String verdict(String card) {
        return switch (card) {
            case "SUCCESS" -> "APPROVED";
            case "PROCESSING_ERROR" -> "FAILED";
            default -> "DECLINED";
        };
    }
}
