package dev.kassa.testing;

import com.eatthepath.pushy.apns.ApnsPushNotification;
import com.eatthepath.pushy.apns.auth.ApnsVerificationKey;
import com.eatthepath.pushy.apns.server.MockApnsServer;
import com.eatthepath.pushy.apns.server.MockApnsServerBuilder;
import com.eatthepath.pushy.apns.server.ParsingMockApnsServerListenerAdapter;
import com.eatthepath.pushy.apns.server.RejectionReason;
import com.eatthepath.pushy.apns.server.ValidatingPushNotificationHandlerFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Apple's side of APNs over TLS and HTTP/2: checks the team's signed token, the topic, the device
 * token and the headers.
 */
public final class FakeApns implements AutoCloseable {
    public static final String TOPIC = "com.example.pos";
    public static final String KEY_ID = "ABC123DEFG";
    public static final String TEAM_ID = "TEAM123456";
    public static final String ALIVE = "a1".repeat(32);
    public static final String GONE = "b2".repeat(32);

    private final BlockingQueue<ApnsPushNotification> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<RejectionReason> rejected = new LinkedBlockingQueue<>();
    private final KeyPair teamKey;
    private final TestCertificate certificate;
    private final MockApnsServer server;
    private final int port;

    private FakeApns(KeyPair teamKey, TestCertificate certificate)
            throws GeneralSecurityException, IOException, InterruptedException, ExecutionException {
        this.teamKey = teamKey;
        this.certificate = certificate;
        var verification =
                new ApnsVerificationKey(KEY_ID, TEAM_ID, (ECPublicKey) teamKey.getPublic());
        server =
                new MockApnsServerBuilder()
                        .setServerCredentials(
                                new X509Certificate[] {certificate.certificate()},
                                certificate.key(),
                                "unused")
                        .setHandlerFactory(
                                new ValidatingPushNotificationHandlerFactory(
                                        Map.of(TOPIC, Set.of(ALIVE, GONE)),
                                        Map.of(GONE, Instant.EPOCH),
                                        Map.of(KEY_ID, verification),
                                        Map.of(verification, Set.of(TOPIC))))
                        .setListener(new Listener())
                        .build();
        port = server.start(0).get();
    }

    private final class Listener extends ParsingMockApnsServerListenerAdapter {
        @Override
        public void handlePushNotificationAccepted(ApnsPushNotification notification) {
            accepted.add(notification);
        }

        @Override
        public void handlePushNotificationRejected(
                ApnsPushNotification notification, RejectionReason reason, @Nullable Instant at) {
            rejected.add(reason);
        }
    }

    public static FakeApns start()
            throws IOException, GeneralSecurityException, InterruptedException, ExecutionException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec("secp256r1"));
        return new FakeApns(keys.generateKeyPair(), TestCertificate.create());
    }

    public URI url() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /** The file that Apple would offer, in PKCS #8. */
    public Path key() throws IOException {
        return new TestCertificate(certificate.certificate(), teamKey.getPrivate())
                .writeKey(Files.createTempFile("apns", ".p8"));
    }

    public Path certificate() throws IOException, GeneralSecurityException {
        return certificate.writeCertificate(Files.createTempFile("apns", ".pem"));
    }

    /** The next notification that Apple would deliver. */
    public ApnsPushNotification next() throws InterruptedException {
        ApnsPushNotification notification = accepted.poll(10, TimeUnit.SECONDS);
        if (notification == null) {
            throw new AssertionError("no notification within 10 s; rejected: " + rejected);
        }
        return notification;
    }

    public boolean isEmpty() {
        return accepted.isEmpty();
    }

    /** Why the next notification was refused. */
    public RejectionReason rejection() throws InterruptedException {
        RejectionReason reason = rejected.poll(10, TimeUnit.SECONDS);
        if (reason == null) {
            throw new AssertionError("nothing rejected within 10 s");
        }
        return reason;
    }

    @Override
    public void close() {
        var _ = server.shutdown();
    }
}
