package dev.kassa.http;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.Worker;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Makes a request that carries an idempotency key safe to repeat for 24 hours (ruling R6): the same
 * request gets the same answer, another request under the key is 422, and one while the first is
 * under way is 409. Only an answer below 400 uses the key up.
 *
 * <p>In Order Management what the request says is disregarded, as documented: the same operation
 * under the same key gets the same answer whatever its body.
 *
 * <p>The effect and the kept answer are one transaction. Operations that speak to a provider cannot
 * be, since no network call may run inside a transaction. For those the key is taken first and the
 * answer kept afterwards; if the server dies in between, the key is free again after a minute and
 * the operation runs again. A cancel then gives the same answer; a simulated tap that had succeeded
 * is told that its session is FINALIZED; a refund, a capture or a release finds what it committed,
 * which carries the key.
 */
@Component
@Order(20)
public final class Idempotency extends OncePerRequestFilter implements Worker {
    private static final IdempotencyTable.Leases LEASES =
            new IdempotencyTable.Leases(Duration.ofDays(1), Duration.ofMinutes(1));

    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

    /** What belongs to an answer besides its body. */
    private static final Set<String> KEPT_HEADERS = Set.of("Location", "capture-id", "refund-id");

    private static final Duration CLEANING = Duration.ofMinutes(10);
    private static final int BATCH = 1000;

    private final IdempotencyTable table;
    private final TransactionTemplate transactions;
    private final InstantSource clock;

    Idempotency(IdempotencyTable table, TransactionTemplate transactions, InstantSource clock) {
        this.table = table;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** One request under its key. */
    private record Keyed(
            MerchantId merchant, String key, BufferedRequest request, String requestHash) {}

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = key(request);
        Optional<MerchantId> merchant = Tenant.of(request);
        if (key == null || merchant.isEmpty() || !METHODS.contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        try {
            if (key.isEmpty() || key.length() > Limits.IDEMPOTENCY_KEY_CHARS) {
                throw Problem.invalid(
                        "Idempotency-Key",
                        "must have 1 to " + Limits.IDEMPOTENCY_KEY_CHARS + " characters");
            }
            BufferedRequest buffered = BufferedRequest.of(request);
            Keyed keyed = new Keyed(merchant.get(), key, buffered, hash(buffered));
            if (Operation.Declared.of(request).callsProvider()) {
                inSteps(keyed, response, chain);
            } else {
                inOneTransaction(keyed, response, chain);
            }
        } catch (Problem refused) {
            Problems.write(refused, request, response);
        }
    }

    static @Nullable String key(HttpServletRequest request) {
        String key = request.getHeader("Idempotency-Key");
        return key == null ? request.getHeader("Klarna-Idempotency-Key") : key;
    }

    private static String hash(BufferedRequest request) {
        if (ErrorShape.of(request.getServletPath()) == ErrorShape.ERROR_CODE) {
            return Secrets.hash(request.getMethod() + " " + request.getRequestURI());
        }
        return Secrets.hash(
                request.getMethod()
                        + " "
                        + request.getRequestURI()
                        + "?"
                        + request.getQueryString()
                        + "\n"
                        + new String(request.body(), StandardCharsets.ISO_8859_1));
    }

    private void inOneTransaction(Keyed keyed, HttpServletResponse response, FilterChain chain)
            throws IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        transactions.executeWithoutResult(transaction -> {
            if (!table.lock(keyed.merchant(), keyed.key())) {
                throw underWay();
            }
            if (!take(keyed)) {
                replay(keyed, answer);
                return;
            }
            serve(keyed, answer, chain);
            if (answer.getStatus() < 400) {
                keep(keyed, answer);
            } else {
                transaction.setRollbackOnly();
            }
        });
        answer.copyBodyToResponse();
    }

    private void inSteps(Keyed keyed, HttpServletResponse response, FilterChain chain)
            throws IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        if (!take(keyed)) {
            replay(keyed, answer);
        } else {
            boolean kept = false;
            try {
                serve(keyed, answer, chain);
                if (answer.getStatus() < 400) {
                    keep(keyed, answer);
                    kept = true;
                }
            } finally {
                if (!kept) {
                    table.free(keyed.merchant(), keyed.key());
                }
            }
        }
        answer.copyBodyToResponse();
    }

    private boolean take(Keyed keyed) {
        return table.take(
                keyed.merchant(), keyed.key(), keyed.requestHash(), Sql.now(clock), LEASES);
    }

    private static void serve(Keyed keyed, HttpServletResponse answer, FilterChain chain) {
        try {
            chain.doFilter(keyed.request(), answer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ServletException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keep(Keyed keyed, ContentCachingResponseWrapper answer) {
        String body = new String(answer.getContentAsByteArray(), StandardCharsets.UTF_8);
        Map<String, String> headers = new TreeMap<>();
        for (String name : KEPT_HEADERS) {
            String value = answer.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        table.keep(
                keyed.merchant(),
                keyed.key(),
                new IdempotencyTable.Kept(answer.getStatus(), headers, body));
    }

    private void replay(Keyed keyed, HttpServletResponse response) {
        IdempotencyTable.Taken taken =
                table.find(keyed.merchant(), keyed.key()).orElseThrow(Idempotency::underWay);
        if (!taken.requestHash().equals(keyed.requestHash())) {
            throw Problem.keyReused(
                    "This idempotency key was used for another request. Use a new key.");
        }
        IdempotencyTable.Kept kept = taken.answer();
        if (kept == null) {
            throw underWay();
        }
        response.setStatus(kept.status());
        kept.headers().forEach(response::setHeader);
        if (kept.body().isEmpty()) {
            return;
        }
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        try {
            response.getOutputStream().write(kept.body().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Problem underWay() {
        return Problem.conflict(
                "A request with this idempotency key is under way. Repeat it in a moment.");
    }

    @Override
    public String name() {
        return "idempotency-cleaning";
    }

    @Override
    public Duration interval() {
        return CLEANING;
    }

    /** Forgets what is older than a day. */
    @Override
    public void runOnce() {
        Instant before = Sql.now(clock).minus(LEASES.kept());
        int forgotten;
        do {
            forgotten = table.forgetOfAnyMerchant(before, BATCH);
        } while (forgotten == BATCH);
    }
}
