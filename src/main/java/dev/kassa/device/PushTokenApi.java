package dev.kassa.device;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Where a sleeping app can be woken, from now on. */
@RestController
@Requires(Permission.PAYMENTS_TAKE)
final class PushTokenApi {
    private final Devices devices;

    PushTokenApi(Devices devices) {
        this.devices = devices;
    }

    @PutMapping(path = "/pos/v1/push-token", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void replace(Device device, JsonObject body) {
        String token = body.requiredText("push_token", Limits.PUSH_TOKEN_CHARS);
        body.faults().throwIfAny();
        devices.replacePushToken(device, token);
    }
}
