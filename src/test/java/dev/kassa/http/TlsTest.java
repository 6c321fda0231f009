package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.Await;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestCertificate;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/** HTTPS by the server itself: what plain HTTP is held to, and a certificate that is renewed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
    /** Logs what it cannot use. */
    private static final String RELOADING =
            "org.springframework.boot.autoconfigure.ssl.FileWatcher";

    /** Less than Tomcat's own time-outs. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @TempDir private static Path directory;
    private final TestServer plain = TestServer.start();
    private final TestMerchant merchant = plain.merchant();
    private TestCertificate certificate;
    private SSLContext trusting;
    private TestServer server;
    private URI url;

    @BeforeAll
    void start() throws Exception {
        certificate = TestCertificate.create();
        trusting = certificate.trusting();
        server = plain.another(settings(certificate));
        url = server.url();
    }

    @AfterAll
    void stop() {
        server.close();
        plain.close();
    }

    private Map<String, String> settings(TestCertificate of)
            throws IOException, GeneralSecurityException {
        return Map.of(
                "KASSA_MANAGEMENT_PORT",
                "0",
                "KASSA_RECEIVE_TIMEOUT",
                "1s",
                "KASSA_TLS_CERTIFICATE",
                of.writeCertificate(directory.resolve("tls.crt")).toString(),
                "KASSA_TLS_KEY",
                of.writeKey(directory.resolve("tls.key")).toString());
    }

    private HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trusting).build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Basic " + merchant.key().key())
                .header("Content-Type", "application/json");
    }

    private HttpRequest create(String body) {
        return request("/ipp/v1/sessions").POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private static HttpResponse<String> send(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void servesBothVersionsOfHttp(HttpClient.Version version) throws Exception {
        assertThat(url).hasScheme("https");
        String cart = TestMerchant.cart(merchant.device().id());
        try (HttpClient client = client(version)) {
            HttpResponse<String> created = send(client, create(cart));
            assertThat(created.statusCode()).isEqualTo(200);
            assertThat(created.version()).isEqualTo(version);
            HttpResponse<String> unknown =
                    send(
                            client,
                            request("/ipp/v1/sessions/01a1fc48-b660-734b-8437-2abdc869b65f")
                                    .GET()
                                    .build());
            assertThat(unknown.statusCode()).isEqualTo(404);
            assertThat(unknown.headers().firstValue("correlation-id")).isPresent();
            HttpResponse<String> malformed =
                    send(client, request("/ipp/v1/devices?page_number=x").GET().build());
            assertThat(malformed.statusCode()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void takesBothVersionsOfTls(String protocol) throws Exception {
        try (RawClient client = RawClient.overTls(url, trusting, protocol)) {
            assertThat(client.send("GET /r/x HTTP/1.1\r\nHost: localhost\r\n\r\n")).isTrue();
            assertThat(client.readUntil("\r\n")).startsWith("HTTP/1.1 404");
        }
    }

    @Test
    void plainHttpIsToldSo() {
        assertThat(RawClient.exchange(url, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("TLS");
    }

    @Test
    void healthAndMetricsStayPlain() {
        String port =
                server.server.part(Environment.class).getProperty("local.management.port", "");
        assertThat(
                        RawClient.exchange(
                                URI.create("http://127.0.0.1:" + port),
                                """
                                GET /actuator/prometheus HTTP/1.1
                                Host: localhost
                                Connection: close

                                """
                                        .replace("\n", "\r\n")))
                .startsWith("HTTP/1.1 200")
                .contains("\nssl_chain_expiry_seconds{");
    }

    /** The stream ends, and the connection goes on, however often. */
    @Test
    void aBodyOverTheLimitIsRefusedByItself() throws Exception {
        try (HttpClient client = client(HttpClient.Version.HTTP_2)) {
            String large = "x".repeat(Limits.SESSION_BODY_BYTES + 1);
            for (int i = 0; i < 20; i++) {
                assertThat(send(client, create(large)).statusCode()).as("%s", i).isEqualTo(413);
            }
            HttpRequest undeclared =
                    request("/ipp/v1/sessions")
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> stream(large)))
                            .build();
            assertThat(send(client, undeclared).statusCode()).isEqualTo(413);
            String cart = TestMerchant.cart(merchant.device().id());
            assertThat(send(client, create(cart)).statusCode()).isEqualTo(200);
        }
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aBodyThatDoesNotComeIsRefused() throws Exception {
        String head =
                """
                POST /ipp/v1/sessions HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Content-Length: 100
                Authorization: Basic \
                """
                        .replace("\n", "\r\n");
        try (RawClient client = RawClient.overTls(url, trusting)) {
            assertThat(client.send(head + merchant.key().key() + "\r\n\r\n{")).isTrue();
            assertThat(client.readToTheEnd())
                    .startsWith("HTTP/1.1 408")
                    .contains("did not arrive in time");
        }
    }

    /** The stream is reset; this client does not look whether there was an answer before. */
    @Test
    void aStreamThatDoesNotGoOnIsReset() {
        try (HttpClient client = client(HttpClient.Version.HTTP_2);
                Silence rest = new Silence()) {
            CompletableFuture<HttpResponse<String>> answer =
                    client.sendAsync(
                            request("/ipp/v1/sessions")
                                    .POST(HttpRequest.BodyPublishers.fromPublisher(rest))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer)
                    .failsWithin(PATIENCE)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("RST_STREAM");
        }
    }

    /** A body that begins, and does not go on. */
    private static final class Silence implements Flow.Publisher<ByteBuffer>, AutoCloseable {
        private final CompletableFuture<Flow.Subscriber<? super ByteBuffer>> reader =
                new CompletableFuture<>();

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(
                    new Flow.Subscription() {
                        @Override
                        public void request(long n) {
                            if (reader.complete(subscriber)) {
                                subscriber.onNext(ByteBuffer.wrap(new byte[] {'{'}));
                            }
                        }

                        @Override
                        public void cancel() {
                            // It says nothing anyway.
                        }
                    });
        }

        @Override
        public void close() {
            var _ = reader.thenAccept(Flow.Subscriber::onComplete);
        }
    }

    /** New connections see the new certificate, those that are open serve on. */
    @Test
    void aRenewedCertificateIsTakenUp() throws Exception {
        TestCertificate renewed = TestCertificate.create();
        SSLContext theirs = renewed.trusting();
        ListAppender<ILoggingEvent> refused = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger(RELOADING);
        log.addAppender(refused);
        refused.start();
        try (RawClient open = RawClient.overTls(url, trusting)) {
            var _ = renewed.writeCertificate(directory.resolve("tls.crt"));
            // Half of a pair, and then nonsense, leave the one before in use.
            Await.until(PATIENCE, () -> !refused.list.isEmpty());
            RawClient.overTls(url, trusting).close();

            var _ = renewed.writeKey(directory.resolve("tls.key"));
            Await.until(PATIENCE, () -> shows(theirs));
            assertThat(open.send("GET /r/x HTTP/1.1\r\nHost: localhost\r\n\r\n")).isTrue();
            assertThat(open.readUntil("\r\n")).startsWith("HTTP/1.1 404");
        } finally {
            log.detachAppender(refused);
            var _ = settings(certificate);
            Await.until(PATIENCE, () -> shows(trusting));
        }
    }

    private boolean shows(SSLContext trusted) {
        try (RawClient _ = RawClient.overTls(url, trusted)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void filesThatAreNoPairAreRefusedByName() throws Exception {
        Path own = certificate.writeCertificate(directory.resolve("own.crt"));
        Path key = certificate.writeKey(directory.resolve("own.key"));
        Path other = TestCertificate.create().writeKey(directory.resolve("other.key"));
        Path nothing = directory.resolve("nothing");
        assertThat(new TlsFiles(own, key).check())
                .isEqualTo(certificate.certificate().getNotAfter().toInstant());
        assertThatThrownBy(() -> new TlsFiles(nothing, key).check())
                .hasMessageContaining("KASSA_TLS_CERTIFICATE");
        assertThatThrownBy(() -> new TlsFiles(key, key).check())
                .hasMessageContaining("KASSA_TLS_CERTIFICATE");
        assertThatThrownBy(() -> new TlsFiles(own, nothing).check())
                .hasMessageContaining("KASSA_TLS_KEY");
        assertThatThrownBy(() -> new TlsFiles(own, own).check())
                .hasMessageContaining("KASSA_TLS_KEY");
        assertThatThrownBy(() -> new TlsFiles(own, other).check())
                .hasMessageContaining("KASSA_TLS_KEY");
    }
}
