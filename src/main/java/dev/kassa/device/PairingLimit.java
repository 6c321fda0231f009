package dev.kassa.device;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.kassa.http.ClientAddress;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Slows down whoever guesses enrollment codes. Only failures count, so a shop full of tills behind
 * one address pairs as fast as it likes. Kept in memory: each node counts for itself.
 *
 * <p>Nobody can shut pairing for others: what counts is the address, and of IPv6 also the /48 that
 * one customer may have. While guesses come from very many addresses, each is allowed fewer; one
 * that has not failed of late still has its first tries.
 */
@Component
final class PairingLimit {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES = 100_000;

    private final Bucket everywhere = bucket(Limits.FAILED_PAIRINGS);
    private final LoadingCache<String, Bucket> networks =
            buckets(Limits.FAILED_PAIRINGS_PER_ADDRESS);
    private final LoadingCache<String, Bucket> sites = buckets(Limits.FAILED_PAIRINGS_PER_SITE);
    private final LoadingCache<String, Bucket> underAttack =
            buckets(Limits.FAILED_PAIRINGS_UNDER_ATTACK);

    private static LoadingCache<String, Bucket> buckets(int failures) {
        return Caffeine.newBuilder()
                .maximumSize(ADDRESSES)
                .expireAfterAccess(WINDOW.multipliedBy(2))
                .build(address -> bucket(failures));
    }

    private static Bucket bucket(int failures) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(failures).refillGreedy(failures, WINDOW))
                .build();
    }

    /**
     * Refuses an address that has no try left, before anything it sends is read.
     *
     * @throws Problem TOO_MANY with the time to wait
     */
    void check(String address) {
        take(address).giveBack();
    }

    /**
     * Takes a try from the address, before the code is looked at: tries at the same time count as
     * well. One that was no guess is given back.
     *
     * @throws Problem TOO_MANY with the time to wait
     */
    PairingTry take(String address) {
        PairingTry taken = new PairingTry();
        taken.from(networks.get(ClientAddress.network(address)));
        taken.from(sites.get(ClientAddress.site(address)));
        if (everywhere.tryConsume(1)) {
            taken.buckets.add(everywhere);
        } else {
            taken.from(underAttack.get(ClientAddress.network(address)));
        }
        return taken;
    }

    /** A try that was taken. */
    static final class PairingTry {
        private final List<Bucket> buckets = new ArrayList<>();

        private void from(Bucket bucket) {
            var probe = bucket.tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                giveBack();
                throw Problem.tooMany(
                        "Too many wrong enrollment codes. Wait before you try again.",
                        Duration.ofNanos(probe.getNanosToWaitForRefill()));
            }
            buckets.add(bucket);
        }

        /** It was no guess: the code was right, or nobody could look. */
        void giveBack() {
            buckets.forEach(bucket -> bucket.addTokens(1));
            buckets.clear();
        }
    }
}
