package dev.kassa.testing;

import com.eatthepath.pushy.apns.ApnsPushNotification;
import com.eatthepath.pushy.apns.auth.ApnsVerificationKey;
import com.eatthepath.pushy.apns.server.MockApnsServer;
import com.eatthepath.pushy.apns.server.MockApnsServerBuilder;
import com.eatthepath.pushy.apns.server.ParsingMockApnsServerListenerAdapter;
import com.eatthepath.pushy.apns.server.RejectionReason;
import com.eatthepath.pushy.apns.server.ValidatingPushNotificationHandlerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
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
    private static final String STORE_PASSWORD = "changeit";

    private final BlockingQueue<ApnsPushNotification> accepted = new LinkedBlockingQueue<>();
    private final BlockingQueue<RejectionReason> rejected = new LinkedBlockingQueue<>();
    private final KeyPair teamKey;
    private final X509Certificate certificate;
    private final MockApnsServer server;
    private final int port;

    private FakeApns(KeyPair teamKey, X509Certificate certificate, PrivateKey serverKey)
            throws GeneralSecurityException, IOException, InterruptedException, ExecutionException {
        this.teamKey = teamKey;
        this.certificate = certificate;
        var verification =
                new ApnsVerificationKey(KEY_ID, TEAM_ID, (ECPublicKey) teamKey.getPublic());
        server =
                new MockApnsServerBuilder()
                        .setServerCredentials(
                                new X509Certificate[] {certificate}, serverKey, STORE_PASSWORD)
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
        Path store = TestServer.temporary().resolve("apns.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "apns",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "SAN=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                STORE_PASSWORD)
                        .inheritIO()
                        .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        char[] password = STORE_PASSWORD.toCharArray();
        try (InputStream in = Files.newInputStream(store)) {
            loaded.load(in, password);
        }
        return new FakeApns(
                keys.generateKeyPair(),
                (X509Certificate) loaded.getCertificate("apns"),
                (PrivateKey) loaded.getKey("apns", password));
    }

    public URI url() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /** The file that Apple would offer, in PKCS #8. */
    public Path key() throws IOException {
        return pem("PRIVATE KEY", teamKey.getPrivate().getEncoded(), ".p8");
    }

    public Path certificate() throws IOException, GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded(), ".pem");
    }

    private static Path pem(String what, byte[] content, String suffix) throws IOException {
        return Files.writeString(
                Files.createTempFile("apns", suffix),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
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
