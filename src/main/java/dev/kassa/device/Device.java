package dev.kassa.device;

import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A paired device.
 *
 * @param locationId null once an update left it out
 * @param simulated whether its cards are simulated; decided at registration, for good
 */
public record Device(
        DeviceId id,
        MerchantId merchantId,
        @Nullable LocationId locationId,
        String hardwareId,
        String name,
        Platform platform,
        Map<String, String> metadata,
        boolean simulated,
        Instant createdAt) {}
