package dev.kassa.support;

import dev.kassa.kernel.DeviceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a device can be reached.
 *
 * @param online whether it has a stream open on a server that is alive
 * @param connectedAt when it opened its newest stream; null if it never did
 * @param lastSeenAt until when a stream was known to be open; null if none ever was
 * @param wakeable whether it has told where it can be woken
 */
record DevicePresence(
        DeviceId deviceId,
        String name,
        boolean online,
        @Nullable Instant connectedAt,
        @Nullable Instant lastSeenAt,
        boolean wakeable) {}
