package dev.kassa.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Whether this server answers at its public URL, and until when its certificate is good. */
final class PublicUrlCheck {
    private static final String PART = "public URL";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Time enough to renew a certificate by hand. */
    static final Duration ENDS_SOON = Duration.ofDays(14);

    private PublicUrlCheck() {}

    static Doctor.Finding of(URI url, InstantSource clock) {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<Void> answer =
                    client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    url.toString().replaceFirst("/$", "")
                                                            + "/openapi/ipp.json"))
                                    .timeout(PATIENCE)
                                    .build(),
                            HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() != 200) {
                return fault(
                        url
                                + " answers "
                                + answer.statusCode()
                                + " where Kassa would answer 200. Does the proxy lead to Kassa?");
            }
            Optional<Instant> end = answer.sslSession().flatMap(PublicUrlCheck::end);
            if (end.isPresent() && end.get().isBefore(clock.instant().plus(ENDS_SOON))) {
                return fault("the certificate of " + url + " ends at " + end.get() + ". Renew it.");
            }
            return new Doctor.Finding(
                    PART,
                    Doctor.Level.OK,
                    url
                            + " answers"
                            + end.map(time -> ", with a certificate until " + time).orElse(""));
        } catch (IOException e) {
            return fault(
                    url
                            + " cannot be reached from here ("
                            + e
                            + "). Is a server running, and do DNS, the proxy and the certificate"
                            + " fit KASSA_PUBLIC_URL?");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return fault(url + " was not asked.");
        }
    }

    private static Optional<Instant> end(SSLSession session) {
        try {
            for (Certificate certificate : session.getPeerCertificates()) {
                if (certificate instanceof X509Certificate own) {
                    return Optional.of(own.getNotAfter().toInstant());
                }
            }
            return Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    private static Doctor.Finding fault(String text) {
        return new Doctor.Finding(PART, Doctor.Level.FAULT, text);
    }
}
