package dev.kassa.webhook;

import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is this server's to try now.
 *
 * @param seq the event's place in the log
 * @param sessionId null for a test event
 * @param step failed tries since it was queued; 0 means that its order matters
 */
record Claim(
        DestinationId destinationId,
        MerchantId merchantId,
        long seq,
        String eventId,
        @Nullable UUID sessionId,
        int step,
        Instant queuedAt,
        String body) {}
