package dev.kassa.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.testing.AtOnce;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairingLimitTest {
    private final PairingLimit limit = new PairingLimit();

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            limit.take(address);
        }
    }

    @Test
    void anAddressHasItsOwnLimit() {
        fail("10.0.0.1", Limits.FAILED_PAIRINGS_PER_ADDRESS);
        assertThatThrownBy(() -> limit.take("10.0.0.1"))
                .isInstanceOfSatisfying(
                        Problem.class,
                        refused -> {
                            assertThat(refused.kind()).isEqualTo(Problem.Kind.TOO_MANY);
                            assertThat(refused.retryAfter())
                                    .isBetween(Duration.ofNanos(1), Duration.ofMinutes(1));
                        });
        assertThatCode(() -> limit.take("10.0.0.2")).doesNotThrowAnyException();
    }

    @Test
    void aRightCodeCostsNothing() {
        for (int i = 0; i < 2 * Limits.FAILED_PAIRINGS; i++) {
            limit.take("10.0.0.3").giveBack();
        }
        assertThatCode(() -> limit.take("10.0.0.3")).doesNotThrowAnyException();
    }

    @Test
    void anIpv6NetworkIsOneAddress() {
        for (int i = 0; i < Limits.FAILED_PAIRINGS_PER_ADDRESS; i++) {
            limit.take("2001:db8:1:2:0:0:0:" + Integer.toHexString(i));
        }
        assertThatThrownBy(() -> limit.take("2001:db8:1:2:ffff:0:0:1")).isInstanceOf(Problem.class);
        assertThatCode(() -> limit.take("2001:db8:1:3:0:0:0:1")).doesNotThrowAnyException();
    }

    @Test
    void triesAtTheSameTimeCountAsWell() throws Exception {
        List<Boolean> granted =
                AtOnce.run(
                        500,
                        i -> {
                            try {
                                limit.take("10.0.0.4");
                                return true;
                            } catch (Problem refused) {
                                return false;
                            }
                        });
        long taken = granted.stream().filter(Boolean::booleanValue).count();
        assertThat(taken)
                .isBetween(
                        (long) Limits.FAILED_PAIRINGS_PER_ADDRESS,
                        Limits.FAILED_PAIRINGS_PER_ADDRESS + 5L);
    }

    /** One who has many addresses is slowed; nobody else is shut out. */
    @Test
    void nobodyShutsPairingForOthers() {
        int addresses = Limits.FAILED_PAIRINGS / Limits.FAILED_PAIRINGS_PER_ADDRESS;
        for (int i = 0; i < addresses; i++) {
            fail("10.0.1." + i, Limits.FAILED_PAIRINGS_PER_ADDRESS);
        }
        for (int i = 0; i < 100; i++) {
            limit.check("10.0.2.1");
            limit.take("10.0.2.1").giveBack();
        }
        fail("10.0.2.1", Limits.FAILED_PAIRINGS_UNDER_ATTACK);
        assertThatThrownBy(() -> limit.take("10.0.2.1")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> limit.check("10.0.2.1")).isInstanceOf(Problem.class);
        assertThatCode(() -> limit.take("10.0.2.2")).doesNotThrowAnyException();
    }

    @Test
    void anIpv6SiteHasALimitToo() {
        for (int i = 0; i < Limits.FAILED_PAIRINGS_PER_SITE; i++) {
            limit.take("2001:db8:7:" + Integer.toHexString(i) + ":0:0:0:1");
        }
        assertThatThrownBy(() -> limit.take("2001:db8:7:ffff:0:0:0:1")).isInstanceOf(Problem.class);
        assertThatCode(() -> limit.take("2001:db8:8:1:0:0:0:1")).doesNotThrowAnyException();
    }
}
