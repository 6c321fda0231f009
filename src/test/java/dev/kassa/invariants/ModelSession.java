package dev.kassa.invariants;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A session as {@link PaymentModel} holds it, with its payments and its acquirer's script. */
final class ModelSession {
    final int device;
    final long expiresAt;
    final List<Attempt> attempts = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final Deque<Step> script = new ArrayDeque<>();
    String status = "CREATED";
    @Nullable Attempt inFlight;

    ModelSession(int device, long expiresAt) {
        this.device = device;
        this.expiresAt = expiresAt;
    }

    boolean isFinal() {
        return !status.equals("CREATED") && !status.equals("ACTIVE");
    }

    /** As {@link ModelTest} reads it from the database. */
    @Override
    public String toString() {
        int orders = status.equals("FINALIZED") ? 1 : 0;
        return status
                + (inFlight == null ? "" : " in flight")
                + " orders="
                + orders
                + " captures="
                + orders
                + " "
                + attempts
                + " "
                + String.join(" ", events);
    }

    /** A fault that the next fitting call meets. */
    record Step(@Nullable String call, String fault) {
        String json() {
            return "{\"fault\": \"%s\"%s}"
                    .formatted(fault, call == null ? "" : ", \"call\": \"" + call + "\"");
        }

        boolean done() {
            return !fault.equals("LOST_REQUEST") && !fault.equals("SERVER_ERROR");
        }

        boolean heard() {
            return fault.equals("LATE");
        }
    }

    static final class Attempt {
        String status = "PENDING";
        String books = "NONE";
        boolean givenBack;
        final TreeSet<String> late = new TreeSet<>();
        @Nullable String refund;

        /** Approved once more while that refund was under way. */
        boolean approvedAgain;

        int checks;
        long checkAt;
        int refundChecks;
        long refundCheckAt;

        @Override
        public String toString() {
            return String.join(
                    "/",
                    status,
                    books,
                    givenBack ? "back" : "-",
                    late.isEmpty() ? "-" : String.join("+", late),
                    refund == null ? "-" : refund);
        }
    }
}
