package dev.kassa;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a refused request may have changed all the same, each kind with its reason. */
final class FuzzRefusals {
    private final Set<String> streaming = new HashSet<>();

    /** Streams of these devices stay open after their request, and note who is there. */
    void streamsOf(TestMerchant merchant) {
        streaming.add(merchant.id().value());
    }

    /** The changes that nothing explains. */
    List<DatabaseChanges.Change> unexplained(
            FuzzRequest request, FuzzAnswer answer, List<DatabaseChanges.Change> changes) {
        if (answer.statusCode() == 403
                && answer.body().contains("provider refused")
                && changes.stream().anyMatch(FuzzRefusals::isRefusedByTheProvider)) {
            return List.of();
        }
        return changes.stream().filter(change -> !isOfStream(change)).toList();
    }

    /** A movement that the provider refused is kept, with its event. */
    private static boolean isRefusedByTheProvider(DatabaseChanges.Change change) {
        return change.appeared()
                && change.table().equals("order_movement")
                && change.has("status", "REFUSED");
    }

    private boolean isOfStream(DatabaseChanges.Change change) {
        return Set.of("device_presence", "session_push").contains(change.table())
                && streaming.stream().anyMatch(merchant -> change.has("merchant_id", merchant));
    }
}
