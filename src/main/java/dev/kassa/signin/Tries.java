package dev.kassa.signin;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * Counts tries per name. So many are allowed in a quarter of an hour; each node counts for itself.
 */
final class Tries {
    private static final Duration WINDOW = Duration.ofMinutes(15);
    private static final int REMEMBERED = 100_000;

    private final LoadingCache<String, Bucket> buckets;

    Tries(int most) {
        buckets =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterAccess(WINDOW.multipliedBy(2))
                        .build(_ ->
                                Bucket.builder()
                                        .addLimit(limit ->
                                                limit.capacity(most).refillGreedy(most, WINDOW))
                                        .build());
    }

    /** Counts one; false when there were too many. */
    boolean count(String name) {
        return buckets.get(name).tryConsume(1);
    }

    /** One that was right is no try. */
    void giveBack(String name) {
        buckets.get(name).addTokens(1);
    }
}
