package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.Vault;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Sends what is due, each delivery on a thread of its own. */
@Component
public final class Deliveries implements Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** For the whole request. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** How long a claim lasts; longer than any try. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long a stopping server waits for tries under way. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Tries under way at once. */
    private static final int AT_ONCE = 64;

    private final DeliveryTable table;
    private final Vault vault;
    private final InstantSource clock;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore free = new Semaphore(AT_ONCE);
    private final EventLog events;
    private volatile Runnable wake = () -> {};

    Deliveries(DeliveryTable table, Vault vault, EventLog events, InstantSource clock) {
        this.table = table;
        this.vault = vault;
        this.events = events;
        this.clock = clock;
    }

    @PreDestroy
    void stop() {
        senders.shutdown();
        try {
            if (!senders.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                // Endpoints that hang are cut off; what was not answered is tried again later.
                http.shutdownNow();
                var _ = senders.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        http.close();
    }

    @Override
    public String name() {
        return "webhook-deliveries";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void started(Runnable wake) {
        this.wake = wake;
        events.follow(device -> wake.run());
    }

    /** Starts a try for every delivery that is due now, as far as there is room. */
    @Override
    public void runOnce() {
        while (true) {
            int room = free.drainPermits();
            if (room == 0) {
                return;
            }
            List<DeliveryTable.Claim> claims = List.of();
            try {
                claims = table.claimDueOfAnyMerchant(Sql.now(clock), LEASE, room);
            } finally {
                free.release(room - claims.size());
            }
            for (DeliveryTable.Claim claim : claims) {
                senders.execute(() -> deliver(claim));
            }
            if (claims.size() < room) {
                return;
            }
        }
    }

    private void deliver(DeliveryTable.Claim claim) {
        try {
            table.finish(claim, tried(claim), Sql.now(clock));
        } catch (RuntimeException e) {
            // Nothing is lost: the lease runs out and the delivery is due again.
            LOG.warn("Delivery of {} was not written down", claim.eventId(), e);
        } finally {
            free.release();
            if (free.availablePermits() == AT_ONCE / 2) {
                wake.run();
            }
        }
    }

    /** Whatever goes wrong is a failed try, and so walks the ladder. */
    private DeliveryTable.Result tried(DeliveryTable.Claim claim) {
        try {
            return attempt(claim);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(claim, null, "the server stopped");
        } catch (IOException | RuntimeException e) {
            return failed(claim, null, e.toString());
        }
    }

    private DeliveryTable.Result attempt(DeliveryTable.Claim claim)
            throws IOException, InterruptedException {
        long timestamp = Sql.now(clock).getEpochSecond();
        String secret = vault.open(claim.sealedSecret());
        HttpRequest request =
                HttpRequest.newBuilder(claim.url())
                        .header("Content-Type", "application/json")
                        .header("User-Agent", "Kassa-Webhooks/1")
                        .header("webhook-id", claim.eventId())
                        .header("webhook-timestamp", Long.toString(timestamp))
                        .header(
                                "webhook-signature",
                                Signature.sign(secret, claim.eventId(), timestamp, claim.body()))
                        .POST(HttpRequest.BodyPublishers.ofString(claim.body()))
                        .build();
        int status = send(request);
        return status / 100 == 2
                ? new DeliveryTable.Result("DELIVERED", status, null, null)
                : failed(claim, status, null);
    }

    /**
     * The status of the answer. The client's own time-out ends with the headers; this one holds for
     * the body too, which an endpoint could send a byte at a time for ever.
     */
    private int send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer =
                http.sendAsync(request, HttpResponse.BodyHandlers.discarding());
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).statusCode();
        } catch (TimeoutException e) {
            throw new IOException("no whole answer within " + TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            // Cuts the connection if the answer is not whole.
            var _ = answer.cancel(true);
        }
    }

    private DeliveryTable.Result failed(
            DeliveryTable.Claim claim, @Nullable Integer httpStatus, @Nullable String error) {
        Instant now = Sql.now(clock);
        Optional<Instant> next =
                RetryLadder.next(
                        claim.attempts(), claim.createdAt(), now, ThreadLocalRandom.current());
        return new DeliveryTable.Result(
                next.isPresent() ? "PENDING" : "FAILED", httpStatus, error, next.orElse(null));
    }
}
