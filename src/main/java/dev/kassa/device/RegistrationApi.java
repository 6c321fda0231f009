package dev.kassa.device;

import dev.kassa.access.NoCredential;
import dev.kassa.http.JsonObject;
import dev.kassa.http.RawBody;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Objects;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** How a POS app pairs: the only operation of the POS API that needs no token. */
@RestController
@NoCredential(why = "Pairing needs an enrollment code, of which few can be tried.")
final class RegistrationApi {
    private final Devices devices;
    private final PairingLimit limit;

    RegistrationApi(Devices devices, PairingLimit limit) {
        this.devices = devices;
        this.limit = limit;
    }

    @PostMapping(path = "/pos/v1/devices", produces = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    DeviceView register(HttpServletRequest request, RawBody sent) throws IOException {
        String address = request.getRemoteAddr();
        limit.check(address);
        JsonObject body = sent.json();
        String code = body.requiredText("enrollment_code", Limits.ENROLLMENT_CODE_CHARS);
        String hardwareId = body.requiredText("hardware_id", Limits.HARDWARE_ID_CHARS);
        String name = body.requiredText("name", Limits.DEVICE_NAME_CHARS);
        Platform platform =
                body.required("platform", "one of IOS, ANDROID, TERMINAL", Platform::valueOf);
        String pushToken = body.optionalText("push_token", Limits.PUSH_TOKEN_CHARS);
        body.faults().throwIfAny();

        NewDevice device =
                new NewDevice(hardwareId, name, Objects.requireNonNull(platform), pushToken);
        return DeviceView.registered(register(address, code, device), false);
    }

    /** Only a code that is none counts: not one that was right, nor one nobody could look up. */
    private Registration register(String address, String code, NewDevice device) {
        PairingLimit.PairingTry taken = limit.take(address);
        boolean guessed = false;
        try {
            return devices.register(code, device);
        } catch (Problem refused) {
            guessed = refused.kind() == Problem.Kind.NOT_FOUND;
            throw refused;
        } finally {
            if (!guessed) {
                taken.giveBack();
            }
        }
    }
}
