package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.KeyRing;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Vault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hc.client5.http.DnsResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One request to an endpoint of a name that only this test resolves. */
class SenderTest {
    private static final Instant NOW = Instant.parse("2026-11-25T22:00:00Z");

    private final BlockingQueue<String> hosts = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> signatures = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> bodies = new LinkedBlockingQueue<>();
    private final String secret = Signature.newSecret();
    private final Vault vault = new Vault(KeyRing.generate());
    private final HttpServer endpoint = HttpServer.create(loopback(), 0);
    private final Sender sender =
            new Sender(
                    new Loopback(),
                    AddressGuard.open(),
                    new SigningSecrets(vault),
                    InstantSource.fixed(NOW));

    SenderTest() throws IOException {}

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Every name is this machine. */
    private static final class Loopback implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) {
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    @AfterEach
    void stop() {
        sender.close();
        endpoint.stop(0);
    }

    private DeliveryAttempt send(String host, int status, String header, String value) {
        endpoint.createContext(
                "/",
                exchange -> {
                    hosts.add(exchange.getRequestHeaders().getFirst("Host"));
                    signatures.add(exchange.getRequestHeaders().getFirst("webhook-signature"));
                    bodies.add(exchange.getRequestBody().readAllBytes());
                    exchange.getResponseHeaders().set(header, value);
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                });
        endpoint.start();
        String url = "http://" + host + ":" + endpoint.getAddress().getPort() + "/hook";
        Claim claim =
                new Claim(
                        DestinationId.next(),
                        new MerchantId("DM00000001"),
                        1,
                        "kevt_1",
                        null,
                        0,
                        NOW,
                        "{\"name\": \"Kött 🧾\"}");
        String sealed =
                vault.seal(DestinationTable.row(claim.merchantId(), claim.destinationId()), secret);
        Target target = new Target(DestinationUrl.parse(url), true, sealed, null, null);
        return sender.send(claim, target);
    }

    /** Not over what a text turns into in some other encoding. */
    @Test
    void theSignatureIsOverTheBytesThatAreSent() throws Exception {
        var _ = send("shop.example", 200, "X-Ok", "yes");
        byte[] body = bodies.remove();
        assertThat(body).isEqualTo("{\"name\": \"Kött 🧾\"}".getBytes(StandardCharsets.UTF_8));
        Mac mac = Mac.getInstance("HmacSHA256");
        byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        mac.update(("kevt_1." + NOW.getEpochSecond() + ".").getBytes(StandardCharsets.US_ASCII));
        String expected = Base64.getEncoder().encodeToString(mac.doFinal(body));
        assertThat(signatures.remove()).isEqualTo("v1," + expected);
    }

    /** As containers are called. */
    @Test
    void aNameWithAnUnderscoreIsSentTo() {
        DeliveryAttempt sent = send("shop_web_1", 200, "X-Ok", "yes");
        assertThat(sent.error()).isNull();
        assertThat(sent.status()).isEqualTo(200);
        assertThat(hosts).containsExactly("shop_web_1:" + endpoint.getAddress().getPort());
    }

    /** A shop's Content-Security-Policy of 10 KB is no reason to send it everything for ever. */
    @Test
    void aLongHeaderOfTheAnswerIsRead() {
        String policy = "default-src 'self'; img-src " + "https://cdn.example ".repeat(1000);
        DeliveryAttempt sent = send("shop.example", 200, "Content-Security-Policy", policy);
        assertThat(sent.error()).isNull();
        assertThat(sent.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "120, 120",
        "'Wed, 25 Nov 2026 22:02:00 GMT', 120",
        "'Wednesday, 25-Nov-26 22:02:00 GMT', 120",
        "Wed Nov 25 22:02:00 2026, 120",
        "Fri Jan  1 00:00:00 2027, 86400",
        "86401, 86400",
        "99999999999999999999, 86400",
        "'Fri, 25 Dec 2026 22:02:00 GMT', 86400",
        "0, ",
        "-1, ",
        "1.5, ",
        "soon, ",
        "'Wed, 25 Nov 2026 21:00:00 GMT', ",
    })
    void everyFormOfRetryAfterIsUnderstood(String value, @Nullable Long seconds) {
        DeliveryAttempt sent = send("shop.example", 429, "Retry-After", value);
        assertThat(sent.retryAfter())
                .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
    }
}
