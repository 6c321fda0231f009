package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Random random = new Random(1);

    private Circuit failing(Circuit circuit, int times, Instant at) {
        Circuit failing = circuit;
        for (int i = 0; i < times; i++) {
            failing = failing.failed(at, random);
        }
        return failing;
    }

    private static Instant resumeAt(Circuit circuit) {
        return Objects.requireNonNull(circuit.resumeAt());
    }

    @Test
    void opensAfterFiveFailuresInARow() {
        Circuit four = failing(Circuit.restored(0, null), 4, NOW);
        assertThat(four.holdsBack(NOW)).isFalse();
        assertThat(four.width()).isOne();
        assertThat(four.succeeded().failures()).isZero();
        Circuit open = four.failed(NOW, random);
        assertThat(open.holdsBack(NOW)).isTrue();
        assertThat(Duration.between(NOW, resumeAt(open)))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(12));
        assertThat(failing(open, 50, NOW)).as("begun before it opened").isEqualTo(open);
    }

    @Test
    void eachProbeThatFailsOpensItForLonger() {
        Circuit circuit = failing(Circuit.restored(0, null), Circuit.FAILURES, NOW);
        Duration pause = Duration.between(NOW, resumeAt(circuit));
        Instant at = NOW;
        for (int i = 0; i < 20; i++) {
            at = resumeAt(circuit);
            assertThat(circuit.width()).isOne();
            circuit = circuit.failed(at, random);
            Duration next = Duration.between(at, resumeAt(circuit));
            assertThat(next).isGreaterThan(i < 5 ? pause : Duration.ofMinutes(15).minusMillis(1));
            assertThat(next).isLessThanOrEqualTo(Duration.ofMinutes(18));
            pause = next;
        }
    }

    /** Back to life without a flood: one, then two, up to the widest. */
    @Test
    void comesBackSlowly() {
        Circuit open = failing(Circuit.restored(0, null), Circuit.FAILURES, NOW);
        Circuit closed = open.succeeded();
        assertThat(closed.width()).isOne();
        assertThat(closed.holdsBack(NOW)).isFalse();
        for (int width = 2; width <= Circuit.WIDEST; width++) {
            closed = closed.succeeded();
            assertThat(closed.width()).isEqualTo(width);
        }
        assertThat(closed.succeeded().width()).isEqualTo(Circuit.WIDEST);
    }

    @Test
    void aRestIsNoFailure() {
        Circuit resting = Circuit.restored(0, null).resting(NOW.plusSeconds(60));
        assertThat(resting.holdsBack(NOW.plusSeconds(59))).isTrue();
        assertThat(resting.holdsBack(NOW.plusSeconds(60))).isFalse();
        assertThat(resting.openings()).isZero();
        assertThat(resting.resting(NOW).resumeAt()).isEqualTo(NOW.plusSeconds(60));
    }
}
