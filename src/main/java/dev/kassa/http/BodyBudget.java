package dev.kassa.http;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Bounds the bytes of request bodies that this server holds at once, so that no number of clients
 * fills its heap. Room is taken before a body is read and given back when its request ends.
 *
 * <p>One merchant, with all its devices, may have a quarter of it, and so may all together who have
 * not said who they are. The others go on meanwhile.
 */
@Component
final class BodyBudget {
    private static final String ATTRIBUTE = BodyBudget.class.getName();
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** One that holds nobody back; of a request that has not passed the filter. */
    private static final Lease FREE = new Lease(null);

    private final long all;
    private final long share;
    private final Map<String, Long> taken = new HashMap<>();
    private long sum;

    @Autowired
    BodyBudget(MeterRegistry meters) {
        this(Runtime.getRuntime().maxMemory() / Limits.HEAP_PER_BODY_BYTE);
        var _ =
                Gauge.builder("kassa.http.body", this, BodyBudget::inUse)
                        .description("Request bodies in memory")
                        .baseUnit(BaseUnits.BYTES)
                        .register(meters);
    }

    /** {@code bytes} for all, but never too little for a few of the largest bodies. */
    BodyBudget(long bytes) {
        all = Math.max(bytes, 2L * Limits.BODY_SHARES * Limits.ORDER_LINES_BODY_BYTES);
        share = all / Limits.BODY_SHARES;
    }

    /** Bytes that one merchant may hold. */
    long share() {
        return share;
    }

    /** Bytes that all may hold. */
    long all() {
        return all;
    }

    synchronized long inUse() {
        return sum;
    }

    /** Gives a request what it takes its room from, to be closed when the request ends. */
    Lease open(HttpServletRequest request) {
        Lease lease = open();
        request.setAttribute(ATTRIBUTE, lease);
        return lease;
    }

    Lease open() {
        return new Lease(this);
    }

    /** What this request takes its room from. */
    static Lease of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Lease lease ? lease : FREE;
    }

    private synchronized boolean take(String owner, long bytes) {
        long own = taken.getOrDefault(owner, 0L) + bytes;
        if (own > share || sum + bytes > all) {
            return false;
        }
        taken.put(owner, own);
        sum += bytes;
        return true;
    }

    private synchronized void giveBack(String owner, long bytes) {
        sum -= bytes;
        var _ =
                taken.computeIfPresent(
                        owner, (id, own) -> own == bytes ? null : Long.valueOf(own - bytes));
    }

    /** The room of one request. */
    static final class Lease implements AutoCloseable {
        private final @Nullable BodyBudget budget;
        private String owner = "";
        private long bytes;

        private Lease(@Nullable BodyBudget budget) {
            this.budget = budget;
        }

        /**
         * Takes room for a body, in bytes; once for each request.
         *
         * @throws Problem UNAVAILABLE when there is none
         */
        void take(Optional<MerchantId> merchant, long wanted) {
            if (budget == null || bytes > 0) {
                return;
            }
            String of = merchant.map(MerchantId::value).orElse("");
            if (!budget.take(of, wanted)) {
                throw Problem.overloaded(
                        "Too many bytes of request bodies are under way here. Nothing was done; try"
                                + " again in a moment.",
                        RETRY_AFTER);
            }
            owner = of;
            bytes = wanted;
        }

        @Override
        public void close() {
            if (budget != null && bytes > 0) {
                budget.giveBack(owner, bytes);
                bytes = 0;
            }
        }
    }
}
