package dev.kassa.idempotency;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.database.Nodes;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlErrors;
import dev.kassa.http.BufferedRequest;
import dev.kassa.http.Operation;
import dev.kassa.http.Problems;
import dev.kassa.http.Tenant;
import dev.kassa.http.TransactionRetry;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
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
 * <p>The effect and the kept answer are one transaction. If its commit ends in doubt, or it met a
 * row that others wait for, it is run once more, as the client would.
 *
 * <p>Operations that speak to a provider cannot be one transaction, since no network call may run
 * inside one. For those the key is taken first and the answer kept afterwards. If the server dies
 * in between, the key is free again, and the operation runs again. A cancel then gives the same
 * answer; a refund, a capture or a release finds what it committed, which carries the key. An
 * answer that may still change ({@link #provisional}) is not repeated: the operation looks again.
 */
@Component
@Order(20)
public final class IdempotencyFilter extends OncePerRequestFilter {
    static final IdempotencyTable.Leases LEASES =
            new IdempotencyTable.Leases(
                    Duration.ofDays(1), Duration.ofMinutes(1), Limits.NODE_SILENCE);

    private static final List<String> HEADERS =
            List.of("Idempotency-Key", "Klarna-Idempotency-Key");

    private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH");

    /** What belongs to an answer besides its body. */
    private static final Set<String> KEPT_HEADERS = Set.of("Location", "Capture-Id", "Refund-Id");

    private static final RowGate.Turn NO_TURN = () -> {};

    private static final String PROVISIONAL = IdempotencyFilter.class.getName() + ".provisional";
    private static final String REPEATED = IdempotencyFilter.class.getName() + ".repeated";

    private final IdempotencyTable table;
    private final KeyCleaning cleaning;
    private final TransactionTemplate transactions;
    private final RowGate gate;
    private final Nodes nodes;
    private final InstantSource clock;

    /** Keys of requests of several steps that run here now. */
    private final Set<IdempotencyTable.Key> underWay = ConcurrentHashMap.newKeySet();

    IdempotencyFilter(
            IdempotencyTable table,
            KeyCleaning cleaning,
            TransactionTemplate transactions,
            RowGate gate,
            Nodes nodes,
            InstantSource clock) {
        this.table = table;
        this.cleaning = cleaning;
        this.transactions = transactions;
        this.gate = gate;
        this.nodes = nodes;
        this.clock = clock;
    }

    /** One request under its key. */
    private record Keyed(IdempotencyTable.Key key, BufferedRequest request, String requestHash) {}

    /** The answer to this request tells of something that is still under way. */
    public static void provisional(HttpServletRequest request) {
        request.setAttribute(PROVISIONAL, true);
    }

    /**
     * Whether this request was answered before, provisionally: the operation is to look how it
     * stands now, and to begin nothing.
     */
    public static boolean isRepeated(HttpServletRequest request) {
        return request.getAttribute(REPEATED) != null;
    }

    /** What a device repeats is safe without a key, and one that it sends means nothing. */
    private static boolean isDevice(HttpServletRequest request) {
        return Principal.of(request)
                .filter(principal -> principal.actor().kind() == Actor.Kind.DEVICE)
                .isPresent();
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Set<String> keys = keys(request);
        Optional<MerchantId> merchant = Tenant.of(request);
        if (keys.isEmpty()
                || merchant.isEmpty()
                || isDevice(request)
                || !METHODS.contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        try {
            String key = oneOf(keys);
            BufferedRequest buffered = BufferedRequest.of(request);
            Keyed keyed =
                    new Keyed(
                            new IdempotencyTable.Key(merchant.get(), key),
                            buffered,
                            RequestHash.of(buffered));
            if (Operation.Declared.of(request).callsProvider()) {
                inSteps(keyed, response, chain);
            } else {
                inOneTransaction(keyed, response, chain);
            }
        } catch (Problem refused) {
            Problems.write(refused, request, response);
        }
    }

    /** The different keys that the request carries, in whichever header. */
    static Set<String> keys(HttpServletRequest request) {
        Set<String> keys = new TreeSet<>();
        for (String header : HEADERS) {
            keys.addAll(Collections.list(request.getHeaders(header)));
        }
        return keys;
    }

    private static String oneOf(Set<String> keys) {
        String key = keys.iterator().next();
        if (keys.size() > 1) {
            throw Problem.invalid(
                    "Idempotency-Key", "must be one key; several were sent that are not the same");
        }
        if (key.isEmpty() || key.length() > Limits.IDEMPOTENCY_KEY_CHARS) {
            throw Problem.invalid(
                    "Idempotency-Key",
                    "must have 1 to " + Limits.IDEMPOTENCY_KEY_CHARS + " characters");
        }
        return key;
    }

    private void inOneTransaction(Keyed keyed, HttpServletResponse response, FilterChain chain)
            throws IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        TransactionRetry retry = TransactionRetry.offeredTo(keyed.request());
        boolean done;
        try {
            done = transaction(keyed, answer, chain, retry);
        } catch (DataAccessException | TransactionException e) {
            done = !SqlErrors.isInDoubt(e);
            if (done) {
                throw e;
            }
        }
        if (!done) {
            // The transaction is undone, and what it could not write is in nobody's way: a row is
            // waited for without a connection. After a commit in doubt the key tells what it did.
            Object row = retry.busyRow();
            try (var _ = row == null ? NO_TURN : gate.enter(row)) {
                answer.resetBuffer();
                answer.setStatus(HttpServletResponse.SC_OK);
                // The first run's offer was taken: with it this one would be undone as well.
                TransactionRetry last = TransactionRetry.refusedTo(keyed.request());
                var _ = transaction(keyed, answer, chain, last);
            }
        }
        answer.copyBodyToResponse();
    }

    /** Answers whether there is an answer: false when a second run is to make one. */
    private boolean transaction(
            Keyed keyed,
            ContentCachingResponseWrapper answer,
            FilterChain chain,
            TransactionRetry retry) {
        return Boolean.TRUE.equals(
                transactions.execute(transaction -> {
                    if (!table.lock(keyed.key())) {
                        throw underWay();
                    }
                    Instant now = Sql.now(clock);
                    if (!take(keyed, now)) {
                        replay(stored(taken(keyed)), answer);
                        return true;
                    }
                    serve(keyed, answer, chain);
                    boolean answered = retry.isUnused(keyed.request());
                    if (answered && answer.getStatus() < 400) {
                        keep(keyed, now, answer);
                    } else {
                        transaction.setRollbackOnly();
                    }
                    return answered;
                }));
    }

    private void inSteps(Keyed keyed, HttpServletResponse response, FilterChain chain)
            throws IOException {
        ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
        Instant now = Sql.now(clock);
        // Only who has noted the key may take it, and so knows that a key taken here before was
        // left.
        boolean noted = underWay.add(keyed.key());
        try {
            if (noted && (take(keyed, now) || (freeIfLeft(keyed) && take(keyed, now)))) {
                serveAndKeep(keyed, now, answer, chain);
            } else {
                repeat(keyed, answer, chain);
            }
        } finally {
            if (noted) {
                underWay.remove(keyed.key());
            }
        }
        answer.copyBodyToResponse();
    }

    private void repeat(Keyed keyed, ContentCachingResponseWrapper answer, FilterChain chain) {
        IdempotencyTable.ClaimedKey taken = taken(keyed);
        IdempotencyTable.StoredAnswer kept = stored(taken);
        if (kept.provisional()) {
            keyed.request().setAttribute(REPEATED, true);
            serveAndKeep(keyed, taken.startedAt(), answer, chain);
        } else {
            replay(kept, answer);
        }
    }

    private void serveAndKeep(
            Keyed keyed,
            Instant startedAt,
            ContentCachingResponseWrapper answer,
            FilterChain chain) {
        boolean kept = false;
        try {
            serve(keyed, answer, chain);
            if (answer.getStatus() < 400) {
                keep(keyed, startedAt, answer);
                kept = true;
            }
        } finally {
            if (!kept) {
                cleaning.free(keyed.key(), startedAt);
            }
        }
    }

    private boolean take(Keyed keyed, Instant now) {
        return table.take(keyed.key(), keyed.requestHash(), nodes.me(), now, LEASES);
    }

    /**
     * Frees a key that this server has, while no request here works on it: the end of its request
     * was not noted. Only for the one request that has noted the key as under way.
     */
    private boolean freeIfLeft(Keyed keyed) {
        Optional<IdempotencyTable.ClaimedKey> left =
                table.find(keyed.key())
                        .filter(taken ->
                                taken.answer() == null
                                        && nodes.me().equals(taken.owner())
                                        && taken.requestHash().equals(keyed.requestHash()));
        left.ifPresent(taken -> table.free(keyed.key(), taken.startedAt()));
        return left.isPresent();
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

    private void keep(Keyed keyed, Instant startedAt, ContentCachingResponseWrapper answer) {
        String body = new String(answer.getContentAsByteArray(), StandardCharsets.UTF_8);
        Map<String, String> headers = new TreeMap<>();
        for (String name : KEPT_HEADERS) {
            String value = answer.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        boolean provisional = keyed.request().getAttribute(PROVISIONAL) != null;
        table.keep(
                keyed.key(),
                startedAt,
                new IdempotencyTable.StoredAnswer(answer.getStatus(), headers, body, provisional));
    }

    private IdempotencyTable.ClaimedKey taken(Keyed keyed) {
        IdempotencyTable.ClaimedKey taken =
                table.find(keyed.key()).orElseThrow(IdempotencyFilter::underWay);
        if (!taken.requestHash().equals(keyed.requestHash())) {
            throw Problem.keyReused(
                    "This idempotency key was used for another request. Use a new key.");
        }
        return taken;
    }

    private static IdempotencyTable.StoredAnswer stored(IdempotencyTable.ClaimedKey taken) {
        if (taken.answer() == null) {
            throw underWay();
        }
        return taken.answer();
    }

    private void replay(IdempotencyTable.StoredAnswer kept, HttpServletResponse response) {
        table.confirm();
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
}
