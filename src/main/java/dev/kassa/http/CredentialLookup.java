package dev.kassa.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Finds whose a credential is. What the database said is remembered for less than a second, be it
 * yes or no: so nobody costs a query for each request, a credential that ends at another node ends
 * here within a second, and one that is made there works here as soon.
 *
 * <p>Guesses are slowed by their address. A credential that shows by itself that it was made here
 * ({@link dev.kassa.kernel.Tokens}) is no guess: it is looked up whatever others at its address,
 * perhaps a proxy, are trying.
 */
public final class CredentialLookup<T> {
    private static final Duration REMEMBERED = Duration.ofMillis(800);
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final AuthenticationThrottle throttle;
    private final Function<String, Optional<T>> table;
    private final Cache<String, Known<T>> right;
    private final Cache<String, Boolean> wrong = cache(Limits.WRONG_CREDENTIALS_REMEMBERED);
    private final Semaphore lookups = new Semaphore(Limits.GUESSES_LOOKED_UP_AT_ONCE);
    private final AtomicLong forgotten = new AtomicLong();

    /**
     * Remembers up to {@code size} credentials; {@code table} answers whose the one with a given
     * hash is.
     */
    public CredentialLookup(
            int size, AuthenticationThrottle throttle, Function<String, Optional<T>> table) {
        this.throttle = throttle;
        this.table = table;
        this.right = cache(size);
    }

    /** {@code forgotten}: how often everything had been forgotten before it was looked up. */
    private record Known<T>(T owner, long forgotten) {}

    private static <V> Cache<String, V> cache(int size) {
        return Caffeine.newBuilder().maximumSize(size).expireAfterWrite(REMEMBERED).build();
    }

    /**
     * Whose the credential with this hash is; empty when it is nobody's.
     *
     * @param ours whether it shows that it was made here
     * @throws Problem TOO_MANY when too many guesses come from this address; UNAVAILABLE when too
     *     many come at once from everywhere
     */
    public Optional<T> find(String hash, boolean ours, String address) {
        Known<T> known = right.getIfPresent(hash);
        if (known != null && known.forgotten == forgotten.get()) {
            return Optional.of(known.owner);
        }
        if (ours) {
            return wrong.getIfPresent(hash) == null ? lookUp(hash) : Optional.empty();
        }
        throttle.take(address);
        if (wrong.getIfPresent(hash) != null) {
            return Optional.empty();
        }
        Optional<T> owner = guess(hash);
        if (owner.isPresent()) {
            throttle.giveBack(address);
        }
        return owner;
    }

    /** Looks a guess up; all guesses together, from whatever addresses, share a few connections. */
    private Optional<T> guess(String hash) {
        try {
            if (!lookups.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Problem.overloaded(
                        "Too many unknown credentials come at once. Try again in a moment.",
                        Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable();
        }
        try {
            return lookUp(hash);
        } finally {
            lookups.release();
        }
    }

    private Optional<T> lookUp(String hash) {
        long before = forgotten.get();
        Optional<T> owner = table.apply(hash);
        if (owner.isPresent()) {
            right.put(hash, new Known<>(owner.get(), before));
        } else {
            wrong.put(hash, true);
        }
        return owner;
    }

    /**
     * Looks everything up anew from here on, also what is being looked up at this moment. Called
     * after the commit that ended or changed a credential.
     */
    public void forget() {
        var _ = forgotten.incrementAndGet();
    }
}
