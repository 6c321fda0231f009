package dev.kassa.support;

import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.SessionId;
import java.util.List;

/** Everything that is known of a session, in the order in which it happened. */
record Timeline(
        SessionId sessionId, DeviceId deviceId, String status, List<TimelineEntry> entries) {}
