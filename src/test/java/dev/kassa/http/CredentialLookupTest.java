package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CredentialLookupTest {
    private static final String HERE = "10.0.0.1";

    private final Map<String, String> rows = new ConcurrentHashMap<>(Map.of("right", "owner"));
    private final AtomicInteger queries = new AtomicInteger();
    private final AuthenticationThrottle throttle = new AuthenticationThrottle();
    private final CredentialLookup<String> lookup =
            new CredentialLookup<>(10, throttle, this::query);
    private Runnable meanwhile = () -> {};

    private Optional<String> query(String hash) {
        queries.incrementAndGet();
        Optional<String> found = Optional.ofNullable(rows.get(hash));
        meanwhile.run();
        return found;
    }

    /** As many wrong ones as an address may send. */
    private void guess(String address) {
        for (int i = 0; i < Limits.WRONG_CREDENTIALS_PER_ADDRESS; i++) {
            assertThat(lookup.find("wrong" + i, false, address)).isEmpty();
        }
    }

    @Test
    void whatWasFoundIsRememberedBeItYesOrNo() {
        for (int i = 0; i < 5; i++) {
            assertThat(lookup.find("right", true, HERE)).contains("owner");
            assertThat(lookup.find("ended", true, HERE)).isEmpty();
            assertThat(lookup.find("wrong", false, HERE)).isEmpty();
        }
        assertThat(queries).hasValue(3);
    }

    @Test
    void anAddressHasOnlySoManyGuesses() {
        guess(HERE);
        int asked = queries.get();
        assertThatThrownBy(() -> lookup.find("oneMore", false, HERE))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Problem.Kind.TOO_MANY);
                            assertThat(refused.retryAfter())
                                    .isBetween(Duration.ofNanos(1), Duration.ofSeconds(1));
                        });
        assertThat(queries).as("no query for it").hasValue(asked);
        assertThat(lookup.find("oneMore", false, "10.0.0.2")).isEmpty();
    }

    @Test
    void whatWasMadeHerePassesWhateverComesFromItsAddress() {
        guess(HERE);
        assertThat(lookup.find("right", true, HERE)).contains("owner");
        assertThat(lookup.find("ended", true, HERE)).isEmpty();
    }

    @Test
    void aRightOneIsNoGuess() {
        for (int i = 0; i < 2 * Limits.WRONG_CREDENTIALS_PER_ADDRESS; i++) {
            rows.put("right" + i, "owner" + i);
            assertThat(lookup.find("right" + i, false, HERE)).contains("owner" + i);
        }
    }

    @Test
    void whatEndsIsForgotten() {
        assertThat(lookup.find("right", true, HERE)).contains("owner");
        rows.clear();
        lookup.forget();
        assertThat(lookup.find("right", true, HERE)).isEmpty();
    }

    /** It was read before it ended, and comes back after it was forgotten. */
    @Test
    void whatEndsWhileItIsLookedUpIsNotRemembered() {
        meanwhile =
                () -> {
                    rows.clear();
                    lookup.forget();
                };
        assertThat(lookup.find("right", true, HERE)).contains("owner");
        meanwhile = () -> {};
        assertThat(lookup.find("right", true, HERE)).isEmpty();
    }
}
