package dev.kassa.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PairingLimitTest {
    private final PairingLimit limit = new PairingLimit();

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            limit.check(address);
            limit.failed(address);
        }
    }

    @Test
    void anAddressHasItsOwnLimit() {
        fail("10.0.0.1", Limits.FAILED_PAIRINGS_PER_ADDRESS);
        assertThatThrownBy(() -> limit.check("10.0.0.1"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Problem.Kind.TOO_MANY);
                            assertThat(refused.retryAfter())
                                    .isBetween(Duration.ofNanos(1), Duration.ofMinutes(1));
                        });
        assertThatCode(() -> limit.check("10.0.0.2")).doesNotThrowAnyException();
    }

    @Test
    void allAddressesTogetherHaveOne() {
        int addresses = Limits.FAILED_PAIRINGS / Limits.FAILED_PAIRINGS_PER_ADDRESS;
        for (int i = 0; i < addresses; i++) {
            fail("10.0.1." + i, Limits.FAILED_PAIRINGS_PER_ADDRESS);
        }
        assertThatThrownBy(() -> limit.check("10.0.2.1")).isInstanceOf(Problem.class);
    }
}
