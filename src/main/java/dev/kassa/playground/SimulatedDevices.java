package dev.kassa.playground;

import dev.kassa.device.DeviceView;
import dev.kassa.device.Devices;
import dev.kassa.device.Enrollment;
import dev.kassa.device.Enrollments;
import dev.kassa.device.NewDevice;
import dev.kassa.device.Platform;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Secrets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Service;

/** Makes devices that only a simulated card is held to. */
@Service
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class SimulatedDevices {
    private static final String HARDWARE_ALPHABET = "ABCDEFGHJKMNPQRSTWXYZ23456789";
    private static final Duration CODE_LIFE = Duration.ofMinutes(5);

    private final Enrollments enrollments;
    private final Devices devices;

    SimulatedDevices(Enrollments enrollments, Devices devices) {
        this.enrollments = enrollments;
        this.devices = devices;
    }

    /** An enrollment and its registration in one go. {@code location}: null for none of its own. */
    public DeviceView register(
            MerchantId merchant,
            String name,
            @Nullable LocationId location,
            Map<String, String> metadata) {
        Map<String, String> all = new LinkedHashMap<>(metadata);
        all.put(Devices.SIMULATED, "true");
        Enrollment enrollment = enrollments.create(merchant, location, CODE_LIFE, all);
        NewDevice device =
                new NewDevice(
                        "SIM" + Secrets.characters(9, HARDWARE_ALPHABET),
                        name,
                        Platform.TERMINAL,
                        null);
        return DeviceView.registered(devices.register(enrollment.enrollmentCode(), device), true);
    }
}
