package dev.kassa.invariants.fuzz;

import dev.kassa.testing.DatabaseChanges;
import dev.kassa.testing.TestMerchant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a refused request may have changed all the same, each kind with its reason. */
final class FuzzRefusals {
    /** Operations that ask a provider, whose word is true whatever becomes of the request. */
    private static final Set<String> ASKING =
            Set.of(
                    "attachPayment",
                    "finalizePayment",
                    "getQrCode",
                    "cancelPosSession",
                    "cancelSession",
                    "simulateCardTap",
                    "decideAtProvider",
                    "captureOrder",
                    "refundOrder",
                    "cancelOrder",
                    "releaseRemainingAuthorization");

    private final Set<String> streaming = new HashSet<>();

    /** Streams of these devices stay open after their request, and note who is there. */
    void streamsOf(TestMerchant merchant) {
        streaming.add(merchant.id().value());
    }

    /** The changes that nothing explains. */
    List<DatabaseChanges.Change> unexplained(
            FuzzRequest request, FuzzAnswer answer, List<DatabaseChanges.Change> changes) {
        boolean asks = request.isDocumented() && ASKING.contains(request.operation().id());
        if (asks && changes.stream().anyMatch(FuzzRefusals::isSettled)) {
            return List.of();
        }
        if (isTimeUp(changes)) {
            return List.of();
        }
        return withoutStreams(changes).stream()
                .filter(change -> !(asks && isOfTheAcquirer(change)))
                .toList();
    }

    /** What the provider said: of a payment under way, or that it refuses a movement of money. */
    private static boolean isSettled(DatabaseChanges.Change change) {
        boolean payment =
                change.table().equals("attempt")
                        && !change.appeared()
                        && change.has("status", "PENDING");
        boolean movement =
                change.table().equals("order_movement")
                        && change.appeared()
                        && change.has("status", "REFUSED");
        return payment || movement;
    }

    /**
     * The books of the simulated acquirer, which is another company, and the faults it had ready.
     */
    private static boolean isOfTheAcquirer(DatabaseChanges.Change change) {
        return change.table().startsWith("simulator_");
    }

    /** A session whose time was up during a payment is EXPIRED for whoever reads it next. */
    private static boolean isTimeUp(List<DatabaseChanges.Change> changes) {
        return changes.stream()
                        .allMatch(change ->
                                Set.of("session", "event", "delivery").contains(change.table()))
                && changes.stream()
                        .anyMatch(change ->
                                change.appeared()
                                        && change.table().equals("session")
                                        && change.has("status", "EXPIRED"));
    }

    /** These changes without those that a stream of an earlier request made meanwhile. */
    List<DatabaseChanges.Change> withoutStreams(List<DatabaseChanges.Change> changes) {
        return changes.stream().filter(change -> !isOfStream(change)).toList();
    }

    private boolean isOfStream(DatabaseChanges.Change change) {
        return Set.of("device_presence", "session_push").contains(change.table())
                && streaming.stream().anyMatch(merchant -> change.has("merchant_id", merchant));
    }
}
