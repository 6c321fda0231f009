package dev.kassa.device;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device as the API shows it (contract 2.6).
 *
 * @param uniqueId deprecated alias of {@code hardwareId}
 * @param deviceId the id once more, in the answer that makes a simulated device (ruling D15)
 * @param credentials only in the answer of the registration
 */
public record DeviceView(
        DeviceId id,
        @Nullable DeviceId deviceId,
        String hardwareId,
        String uniqueId,
        MerchantId merchantId,
        @Nullable LocationId locationId,
        String name,
        Platform platform,
        Map<String, String> metadata,
        Instant createdAt,
        @Nullable Credentials credentials) {

    /** What the device calls with from now on; the token is shown here and never again. */
    public record Credentials(String bearerToken, @JsonProperty("issuedAt") Instant issuedAt) {
        /** Without the token. */
        @Override
        public String toString() {
            return "Credentials[" + issuedAt + "]";
        }
    }

    /** The device as listed. */
    static DeviceView of(Device device) {
        return view(device, null, null);
    }

    /** The device as answered to its registration. */
    public static DeviceView registered(Registration registration, boolean withDeviceId) {
        Device device = registration.device();
        return view(
                device,
                withDeviceId ? device.id() : null,
                new Credentials(registration.bearerToken(), registration.issuedAt()));
    }

    private static DeviceView view(
            Device device, @Nullable DeviceId deviceId, @Nullable Credentials credentials) {
        return new DeviceView(
                device.id(),
                deviceId,
                device.hardwareId(),
                device.hardwareId(),
                device.merchantId(),
                device.locationId(),
                device.name(),
                device.platform(),
                device.metadata(),
                device.createdAt(),
                credentials);
    }
}
