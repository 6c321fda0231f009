package dev.kassa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MoneyTest {
    @ParameterizedTest
    @CsvSource({
        "25000, SEK, 250.00 SEK",
        "1, SEK, 0.01 SEK",
        "-5, EUR, -0.05 EUR",
        "250, JPY, 250 JPY",
        "250, ISK, 250 ISK",
        "1234567, KWD, 1234.567 KWD",
        "200000000, SEK, 2000000.00 SEK"
    })
    void isWrittenAsPeopleWriteIt(long minor, String currency, String written) {
        assertThat(Money.of(minor, currency).written()).isEqualTo(written);
    }
}
