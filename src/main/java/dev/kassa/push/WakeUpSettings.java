package dev.kassa.push;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** How sleeping devices are woken; a part that is null is not set up. */
public record WakeUpSettings(@Nullable Fcm fcm, @Nullable Apns apns) {
    /**
     * Firebase Cloud Messaging.
     *
     * @param serviceAccount the JSON file that Google hands out for a service account
     */
    public record Fcm(Path serviceAccount, URI url) {}

    /**
     * Apple Push Notification service.
     *
     * @param key the {@code .p8} file that Apple hands out
     * @param topic the app's bundle id
     * @param trustedCa whom to trust in place of the system's authorities, in PEM
     */
    public record Apns(
            Path key,
            String keyId,
            String teamId,
            String topic,
            URI url,
            @Nullable Path trustedCa) {}
}
