package dev.kassa.push;

import com.eatthepath.pushy.apns.ApnsClient;
import com.eatthepath.pushy.apns.ApnsClientBuilder;
import com.eatthepath.pushy.apns.DeliveryPriority;
import com.eatthepath.pushy.apns.PushNotificationResponse;
import com.eatthepath.pushy.apns.PushType;
import com.eatthepath.pushy.apns.auth.ApnsSigningKey;
import com.eatthepath.pushy.apns.util.SimpleApnsPushNotification;
import dev.kassa.device.Platform;
import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Apple Push Notification service, over HTTP/2 with a token signed by the team's key. */
final class ApnsSender implements WakeUpSender {
    private static final Logger LOG = LoggerFactory.getLogger(ApnsSender.class);
    private static final int TIMEOUT_SECONDS = 10;
    private static final int HTTPS = 443;
    private static final Set<String> DEAD = Set.of("BadDeviceToken", "Unregistered");

    private final ApnsClient client;
    private final String topic;

    private ApnsSender(ApnsClient client, String topic) {
        this.client = client;
        this.topic = topic;
    }

    static ApnsSender open(WakeUpSettings.Apns settings) {
        ApnsSigningKey key;
        try {
            key =
                    ApnsSigningKey.loadFromPkcs8File(
                            settings.key().toFile(), settings.teamId(), settings.keyId());
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new Refusal(
                    "KASSA_APNS_KEY: "
                            + settings.key()
                            + " is no key in the form of Apple's .p8 files that can be read.",
                    e);
        }
        int port = settings.url().getPort();
        ApnsClientBuilder builder =
                new ApnsClientBuilder()
                        .setApnsServer(settings.url().getHost(), port < 0 ? HTTPS : port)
                        .setSigningKey(key);
        Path ca = settings.trustedCa();
        try {
            if (ca != null) {
                if (!Files.isReadable(ca)) {
                    throw new Refusal("KASSA_APNS_CA: " + ca + " cannot be read.");
                }
                builder.setTrustedServerCertificateChain(ca.toFile());
            }
            return new ApnsSender(builder.build(), settings.topic());
        } catch (IOException e) {
            throw new Refusal("KASSA_APNS_CA: " + ca + " holds no certificate in PEM.", e);
        }
    }

    private static String payload(WakeUp wakeUp) {
        return "{\"aps\":{\"content-available\":1},\"sessionId\":\"" + wakeUp.session() + "\"}";
    }

    @Override
    public Platform platform() {
        return Platform.IOS;
    }

    @Override
    public Result send(WakeUp wakeUp) throws InterruptedException {
        var notification =
                new SimpleApnsPushNotification(
                        wakeUp.pushToken(),
                        topic,
                        payload(wakeUp),
                        wakeUp.expiresAt(),
                        // Apple refuses a background notification of the other priority.
                        DeliveryPriority.CONSERVE_POWER,
                        PushType.BACKGROUND);
        try {
            PushNotificationResponse<SimpleApnsPushNotification> answer =
                    client.sendNotification(notification).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            return answer.isAccepted() ? Result.SENT : rejected(answer, wakeUp);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("APNs did not take {}; trying again", wakeUp, e);
            return Result.NOT_NOW;
        }
    }

    private static Result rejected(
            PushNotificationResponse<SimpleApnsPushNotification> answer, WakeUp wakeUp) {
        String reason = answer.getRejectionReason().orElse("");
        if (DEAD.contains(reason)) {
            return Result.TOKEN_DEAD;
        }
        int status = answer.getStatusCode();
        LOG.warn("APNs answered {} {} to {}", status, reason, wakeUp);
        return status == 429 || status >= 500 ? Result.NOT_NOW : Result.REFUSED;
    }

    @Override
    public void close() {
        try {
            client.close().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The connection to APNs was not closed in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
