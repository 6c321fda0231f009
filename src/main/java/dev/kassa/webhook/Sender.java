package dev.kassa.webhook;

import dev.kassa.database.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.Serial;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends one signed request and reads the answer, within limits. */
final class Sender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

    /** For the whole request, from looking up the name to the last byte of the answer. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Bytes of the answer that are kept for the log. */
    static final int ANSWER_BYTES = 4096;

    /** Bytes of the answer that are read at all; an endpoint that sends more is cut off. */
    private static final int READ_BYTES = 65_536;

    /** Bytes of a line of the answer's head: shops send policies for browsers of 10 KB and more. */
    private static final int HEADER_LINE_BYTES = 32_768;

    /** Connections at once, to all destinations together. */
    private static final int CONNECTIONS = 4096;

    /** Of {@code Retry-After}; more are centuries. */
    private static final int SECONDS_DIGITS = 9;

    /** The oldest form of dates in HTTP, which is without a zone. */
    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("EEE MMM [ ]d HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private static final ContentType JSON = ContentType.create("application/json");

    private final InstantSource clock;
    private final SigningSecrets secrets;
    private final GuardedResolver resolver;
    private final CloseableHttpClient http;
    private final ScheduledThreadPoolExecutor deadlines;

    Sender(DnsResolver names, AddressGuard guard, SigningSecrets secrets, InstantSource clock) {
        this.clock = clock;
        this.secrets = secrets;
        this.resolver = new GuardedResolver(names, guard);
        this.http = client(resolver);
        this.deadlines =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("webhook-deadlines").factory());
        deadlines.setRemoveOnCancelPolicy(true);
    }

    private static CloseableHttpClient client(DnsResolver resolver) {
        Timeout timeout = Timeout.of(TIMEOUT);
        return HttpClients.custom()
                .setConnectionManager(
                        PoolingHttpClientConnectionManagerBuilder.create()
                                .setDnsResolver(resolver)
                                .setConnectionFactory(
                                        ManagedHttpClientConnectionFactory.builder()
                                                .http1Config(
                                                        Http1Config.custom()
                                                                .setMaxLineLength(HEADER_LINE_BYTES)
                                                                .build())
                                                .build())
                                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                                .setMaxConnTotal(CONNECTIONS)
                                .setMaxConnPerRoute(CONNECTIONS)
                                .setDefaultConnectionConfig(
                                        ConnectionConfig.custom()
                                                .setConnectTimeout(timeout)
                                                .setSocketTimeout(timeout)
                                                .setTimeToLive(TimeValue.ofMinutes(1))
                                                .setValidateAfterInactivity(
                                                        TimeValue.ofMilliseconds(500))
                                                .build())
                                .build())
                .setDefaultRequestConfig(
                        RequestConfig.custom()
                                .setResponseTimeout(timeout)
                                .setConnectionRequestTimeout(timeout)
                                .setProtocolUpgradeEnabled(false)
                                .build())
                .setUserAgent("Kassa-Webhooks/1")
                .evictIdleConnections(TimeValue.ofSeconds(30))
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableConnectionState()
                .build();
    }

    /** Sends it. Whatever goes wrong is a failed try. */
    DeliveryAttempt send(Claim claim, Target target) {
        Instant startedAt = Sql.now(clock);
        long start = System.nanoTime();
        AtomicBoolean late = new AtomicBoolean();
        Answer answer;
        try {
            HttpPost request =
                    request(
                            claim,
                            target,
                            opened(claim, target, startedAt),
                            startedAt.getEpochSecond());
            Future<?> deadline =
                    deadlines.schedule(
                            () -> {
                                late.set(true);
                                request.cancel();
                            },
                            TIMEOUT.toMillis(),
                            TimeUnit.MILLISECONDS);
            try {
                answer = http.execute(request, response -> read(response, request));
            } finally {
                var _ = deadline.cancel(false);
            }
        } catch (UnreadableSecret e) {
            LOG.warn("The secret of destination {} cannot be read", claim.destinationId());
            answer = new Answer(null, "the secret cannot be read", "", null);
        } catch (IOException | RuntimeException e) {
            String error = late.get() ? noWholeAnswer() : words(e);
            answer = new Answer(null, error, "", null);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new DeliveryAttempt(
                startedAt, took, answer.status, answer.error, answer.text, answer.retryAfter);
    }

    private List<String> opened(Claim claim, Target target, Instant now) throws UnreadableSecret {
        try {
            return secrets.of(
                    DestinationTable.row(claim.merchantId(), claim.destinationId()), target, now);
        } catch (IllegalStateException e) {
            throw new UnreadableSecret(e);
        }
    }

    /** The key is not in the ring, or the row was damaged. */
    private static final class UnreadableSecret extends Exception {
        @Serial private static final long serialVersionUID = 1L;

        UnreadableSecret(IllegalStateException cause) {
            super(cause);
        }
    }

    private static HttpPost request(
            Claim claim, Target target, List<String> secrets, long timestamp) {
        HttpPost request = new HttpPost(target.url());
        request.setHeader("webhook-id", claim.eventId());
        request.setHeader("webhook-timestamp", Long.toString(timestamp));
        request.setHeader(
                "webhook-signature",
                Signature.sign(secrets, claim.eventId(), timestamp, claim.body()));
        request.setEntity(new ByteArrayEntity(claim.body().getBytes(StandardCharsets.UTF_8), JSON));
        return request;
    }

    private record Answer(
            @Nullable Integer status,
            @Nullable String error,
            String text,
            @Nullable Duration retryAfter) {}

    private Answer read(ClassicHttpResponse response, HttpPost request) throws IOException {
        int status = response.getCode();
        Header retryAfter = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        return new Answer(
                status,
                error(status),
                beginning(response.getEntity(), request),
                retryAfter == null ? null : rest(retryAfter.getValue()));
    }

    private static @Nullable String error(int status) {
        return switch (status / 100) {
            case 2 -> null;
            case 3 -> "answered " + status + "; redirects are not followed";
            default -> "answered " + status;
        };
    }

    /** Reads on to the end, so that the connection can be used again, but not without end. */
    private static String beginning(@Nullable HttpEntity entity, HttpPost request)
            throws IOException {
        if (entity == null) {
            return "";
        }
        InputStream in = entity.getContent();
        byte[] kept = in.readNBytes(ANSWER_BYTES);
        byte[] rest = new byte[8192];
        int read = kept.length;
        for (int n = in.read(rest); n >= 0; n = in.read(rest)) {
            read += n;
            if (read > READ_BYTES) {
                request.cancel();
                break;
            }
        }
        // PostgreSQL keeps no NUL.
        return new String(kept, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
    }

    /** {@code Retry-After}: seconds, or a date in one of HTTP's three forms; at most a day. */
    private @Nullable Duration rest(String retryAfter) {
        String text = retryAfter.strip();
        if (text.matches("\\d+")) {
            return text.length() > SECONDS_DIGITS
                    ? RetryLadder.LONGEST_REST
                    : rest(Duration.ofSeconds(Long.parseLong(text)));
        }
        Instant until =
                DateUtils.parseDate(
                        text, DateUtils.FORMATTER_RFC1123, DateUtils.FORMATTER_RFC1036, ASCTIME);
        return until == null ? null : rest(Duration.between(clock.instant(), until));
    }

    private static @Nullable Duration rest(Duration asked) {
        if (!asked.isPositive()) {
            return null;
        }
        return asked.compareTo(RetryLadder.LONGEST_REST) > 0 ? RetryLadder.LONGEST_REST : asked;
    }

    private static String noWholeAnswer() {
        return "no whole answer within " + TIMEOUT.toSeconds() + " s";
    }

    /** For the merchant's eyes: what went wrong, not where in our code. */
    private static String words(Exception e) {
        return switch (e) {
            case GuardedResolver.Forbidden forbidden -> String.valueOf(forbidden.getMessage());
            case UnknownHostException unknown -> "host not found: " + unknown.getMessage();
            case SSLException tls -> "TLS failed: " + tls.getMessage();
            case ConnectException refused -> "no connection: " + refused.getMessage();
            case InterruptedIOException _ -> noWholeAnswer();
            case IOException broken -> "the connection broke: " + broken.getMessage();
            default -> "not sent: " + e.getMessage();
        };
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
        http.close(CloseMode.IMMEDIATE);
        resolver.close();
    }
}
