package dev.kassa.device;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import io.github.bucket4j.Bucket;
import java.time.Duration;
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
     * Refuses an address that failed too often of late.
     *
     * @throws Problem TOO_MANY with the time to wait
     */
    void check(String address) {
        refuseIfEmpty(byAddress.get(address));
        refuseIfEmpty(everywhere);
    }

    private static void refuseIfEmpty(Bucket bucket) {
        var probe = bucket.estimateAbilityToConsume(1);
        if (!probe.canBeConsumed()) {
            throw Problem.tooMany(
                    "Too many wrong enrollment codes. Wait before you try again.",
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** Counts a wrong code. */
    void failed(String address) {
        var _ = byAddress.get(address).tryConsume(1);
        var _ = everywhere.tryConsume(1);
    }
}
