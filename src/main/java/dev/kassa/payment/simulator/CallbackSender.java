package dev.kassa.payment.simulator;

import dev.kassa.http.Json;
import dev.kassa.kernel.Secrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The simulated acquirer's callbacks: real HTTP requests to this server, signed with a secret that
 * lives as long as the process, since nobody else has to know it.
 */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class CallbackSender {
    static final String SIGNATURE = "simulator-signature";

    private static final String ALGORITHM = "HmacSHA256";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SecretKeySpec secret = new SecretKeySpec(Secrets.bytes(32), ALGORITHM);
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build();
    private final String address;
    private volatile @Nullable URI receiver;

    CallbackSender(@Value("${server.address:127.0.0.1}") String address) {
        this.address = address;
    }

    /** What a callback tells. {@code key} is the payment's idempotency key: the attempt's id. */
    record Message(UUID key, SimulatedAcquirer.Payment payment) {
        /** Whether it says all that a callback must; what is read may lack anything. */
        boolean isWhole() {
            return key != null && payment != null && payment.isWhole();
        }
    }

    @EventListener
    void listening(WebServerInitializedEvent event) throws UnknownHostException {
        InetAddress bound = InetAddress.getByName(address);
        String host =
                bound.isAnyLocalAddress()
                        ? "127.0.0.1"
                        : address.contains(":") ? "[" + address + "]" : address;
        receiver =
                URI.create(
                        "http://"
                                + host
                                + ":"
                                + event.getWebServer().getPort()
                                + "/providers/"
                                + SimulatorProvider.NAME
                                + "/callbacks");
    }

    /** Sends one callback; answers the HTTP status that Kassa gave, or 0 when it gave none. */
    int send(Message message) throws InterruptedException {
        URI to = receiver;
        if (to == null) {
            return 0;
        }
        byte[] body = Json.write(message).getBytes(StandardCharsets.UTF_8);
        HttpRequest request =
                HttpRequest.newBuilder(to)
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .header(SIGNATURE, sign(body))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Whether this is our own signature of the body. */
    boolean signed(@Nullable String signature, byte[] body) {
        return signature != null
                && MessageDigest.isEqual(
                        sign(body).getBytes(StandardCharsets.UTF_8),
                        signature.getBytes(StandardCharsets.UTF_8));
    }

    String sign(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
