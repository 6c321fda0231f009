package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarketTest {
    /** But for two islands where nobody lives. */
    @Test
    void everyCountryHasAClock() {
        for (String country : Locale.getISOCountries()) {
            if (!Set.of("BV", "HM").contains(country)) {
                Market market = Market.of(country);
                assertThat(market.zone()).as(country).isNotEqualTo(ZoneId.of("UTC"));
            }
        }
    }

    @Test
    void oneClockOrSeveral() {
        assertThat(Market.of("DE"))
                .isEqualTo(new Market("en-GB", ZoneId.of("Europe/Berlin"), true));
        assertThat(Market.of("SE"))
                .isEqualTo(new Market("sv-SE", ZoneId.of("Europe/Stockholm"), true));
        assertThat(Market.of("ES"))
                .isEqualTo(new Market("en-GB", ZoneId.of("Europe/Madrid"), false));
        assertThat(Market.of("US").certain()).isFalse();
        for (String unknown : new String[] {null, "", "ZZ", "se"}) {
            assertThat(Market.of(unknown)).isEqualTo(new Market("en-GB", ZoneId.of("UTC"), false));
        }
    }
}
