package dev.kassa.device;

import org.jspecify.annotations.Nullable;

/**
 * What an app says of itself when it pairs.
 *
 * @param hardwareId stable for one phone; pairing it again re-keys the same device
 */
public record NewDevice(
        String hardwareId, String name, Platform platform, @Nullable String pushToken) {
    /** Without the token. */
    @Override
    public String toString() {
        return "NewDevice[" + hardwareId + ", " + platform + "]";
    }
}
