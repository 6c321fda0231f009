package dev.kassa.device;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How a POS app pairs: the only operation of the POS API that needs no token. */
@RestController
final class RegistrationApi {
    private final Devices devices;

    RegistrationApi(Devices devices) {
        this.devices = devices;
    }

    @PostMapping("/pos/v1/devices")
    @ResponseStatus(HttpStatus.CREATED)
    DeviceView register(JsonObject body) {
        String code = body.requiredText("enrollment_code", Limits.ENROLLMENT_CODE_CHARS);
        String hardwareId = body.requiredText("hardware_id", Limits.HARDWARE_ID_CHARS);
        String name = body.requiredText("name", Limits.DEVICE_NAME_CHARS);
        Platform platform =
                body.required("platform", "one of IOS, ANDROID, TERMINAL", Platform::valueOf);
        String pushToken = body.optionalText("push_token", Limits.PUSH_TOKEN_CHARS);
        body.faults().throwIfAny();

        NewDevice device =
                new NewDevice(hardwareId, name, Objects.requireNonNull(platform), pushToken);
        return DeviceView.registered(devices.register(code, device), false);
    }
}
