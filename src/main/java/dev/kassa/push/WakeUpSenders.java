package dev.kassa.push;

import dev.kassa.device.Platform;
import dev.kassa.kernel.Refusal;
import java.util.EnumMap;
import java.util.Map;

/** The push services that are set up. */
public final class WakeUpSenders implements AutoCloseable {
    private final Map<Platform, WakeUpSender> byPlatform = new EnumMap<>(Platform.class);

    /**
     * Reads the credentials; throws {@link Refusal} with one clear line when one cannot be used.
     */
    public WakeUpSenders(WakeUpSettings settings) {
        if (settings.fcm() != null) {
            add(FcmSender.open(settings.fcm()));
        }
        if (settings.apns() != null) {
            add(ApnsSender.open(settings.apns()));
        }
    }

    private void add(WakeUpSender sender) {
        byPlatform.put(sender.platform(), sender);
    }

    Map<Platform, WakeUpSender> byPlatform() {
        return byPlatform;
    }

    @Override
    public void close() {
        byPlatform.values().forEach(WakeUpSender::close);
    }
}
