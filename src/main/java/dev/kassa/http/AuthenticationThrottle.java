package dev.kassa.http;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import org.springframework.stereotype.Component;

/**
 * Slows down whoever guesses API keys and device tokens. Kept in memory: each node counts for
 * itself.
 */
@Component
public final class AuthenticationThrottle {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES = 100_000;

    private final LoadingCache<String, Bucket> byNetwork =
            Caffeine.newBuilder()
                    .maximumSize(ADDRESSES)
                    .expireAfterAccess(WINDOW.multipliedBy(2))
                    .build(network -> bucket());

    private static Bucket bucket() {
        int most = Limits.WRONG_CREDENTIALS_PER_ADDRESS;
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(most).refillGreedy(most, WINDOW))
                .build();
    }

    /**
     * Takes a try from the address, before anything is looked up: tries at the same time count as
     * well. One that was right is given back by {@link #giveBack}.
     *
     * @throws Problem TOO_MANY with the time to wait
     */
    void take(String address) {
        var probe = of(address).tryConsumeAndReturnRemaining(1);
        if (!probe.isConsumed()) {
            throw Problem.tooMany(
                    "Too many wrong credentials came from your address. Wait before you try again.",
                    Duration.ofNanos(probe.getNanosToWaitForRefill()));
        }
    }

    /** The credential was right. */
    void giveBack(String address) {
        of(address).addTokens(1);
    }

    private Bucket of(String address) {
        return byNetwork.get(ClientAddress.network(address));
    }
}
