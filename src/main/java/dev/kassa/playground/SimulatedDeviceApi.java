package dev.kassa.playground;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.DeviceView;
import dev.kassa.device.Devices;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.merchant.Merchant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Makes a simulated device: an enrollment and its registration in one go (contract 2.3). */
@RestController
@Requires(Permission.PLAYGROUND_USE)
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class SimulatedDeviceApi {
    private final SimulatedDevices simulated;

    SimulatedDeviceApi(SimulatedDevices simulated) {
        this.simulated = simulated;
    }

    @Operation(bodyBytes = Limits.METADATA_BODY_BYTES)
    @PostMapping(path = "/ipp/v1/dev/devices", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    DeviceView create(Merchant merchant, JsonObject body) {
        String name = body.requiredText("name", Limits.DEVICE_NAME_CHARS);
        LocationId location = body.optional("location_id", "a UUID", LocationId::parse);
        Map<String, String> metadata = new LinkedHashMap<>(body.metadata("metadata"));
        metadata.put(Devices.SIMULATED, "true");
        if (metadata.size() > Limits.METADATA_KEYS) {
            body.fault(
                    "metadata",
                    "must have at most "
                            + (Limits.METADATA_KEYS - 1)
                            + " entries beside 'simulated'");
        }
        body.faults().throwIfAny();

        return simulated.register(merchant.id(), name, location, metadata);
    }
}
