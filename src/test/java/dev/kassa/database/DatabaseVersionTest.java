package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Refusal;
import org.junit.jupiter.api.Test;

class DatabaseVersionTest {
    @Test
    void olderThanFifteenIsRefused() {
        assertThatThrownBy(() -> StartChecks.refuseOld(140_019, "14.19"))
                .isInstanceOf(Refusal.class)
                .hasMessageContainingAll("14.19", "15 or newer");
        assertThatCode(() -> StartChecks.refuseOld(150_000, "15.0")).doesNotThrowAnyException();
    }
}
