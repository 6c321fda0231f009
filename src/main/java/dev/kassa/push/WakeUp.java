package dev.kassa.push;

import dev.kassa.device.Platform;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import java.time.Instant;

/**
 * A sleeping device to be woken for a session.
 *
 * @param pushToken the app's address at its platform's push service
 * @param expiresAt after this nobody need be woken any more
 */
record WakeUp(
        MerchantId merchant,
        DeviceId device,
        Platform platform,
        String pushToken,
        SessionId session,
        Instant expiresAt) {
    /** Without the token. */
    @Override
    public String toString() {
        return "WakeUp[" + device + " for " + session + "]";
    }
}
