package dev.kassa.device;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Slows down whoever guesses enrollment codes. Only failures count, so a shop full of tills behind
 * one address pairs as fast as it likes. Kept in memory: each node counts for itself.
 */
@Component
final class PairingLimit {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES = 100_000;

    private final Bucket everywhere = bucket(Limits.FAILED_PAIRINGS);
    private final LoadingCache<String, Bucket> byAddress =
            Caffeine.newBuilder()
                    .maximumSize(ADDRESSES)
                    .expireAfterAccess(WINDOW.multipliedBy(2))
                    .build(address -> bucket(Limits.FAILED_PAIRINGS_PER_ADDRESS));

    private static Bucket bucket(int failures) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(failures).refillGreedy(failures, WINDOW))
                .build();
    }

    /**
     * Takes a try from the address and from all together, before the code is looked at: tries at
     * the same time count as well. One that was no guess is given back by {@link #giveBack}.
     *
     * @throws Problem TOO_MANY with the time to wait
     */
    void take(String address) {
        Bucket own = byAddress.get(network(address));
        take(own);
        try {
            take(everywhere);
        } catch (Problem refused) {
            own.addTokens(1);
            throw refused;
        }
    }

    private static void take(Bucket bucket) {
        var probe = bucket.tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Problem.tooMany(
                    "Too many wrong enrollment codes. Wait before you try again.",
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** The code was right. */
    void giveBack(String address) {
        byAddress.get(network(address)).addTokens(1);
        everywhere.addTokens(1);
    }

    /** An IPv6 customer has a whole /64, so that counts as one address. */
    private static String network(String address) {
        String[] groups = address.split(":", -1);
        return groups.length > 4 && !address.contains("::")
                ? String.join(":", List.of(groups).subList(0, 4))
                : address.replaceFirst("::.*", "::");
    }
}
