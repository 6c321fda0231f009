package dev.kassa.order;

import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** What the country of a store says of its language and its clock. */
public enum Market {
    SE("sv-SE", "Europe/Stockholm"),
    NO("nb-NO", "Europe/Oslo"),
    DK("da-DK", "Europe/Copenhagen"),
    FI("fi-FI", "Europe/Helsinki"),
    /** Everywhere else, and nowhere known. */
    OTHER("en-GB", null);

    private final String locale;
    private final ZoneId zone;

    Market(String locale, @Nullable String zone) {
        this.locale = locale;
        this.zone = ZoneId.of(zone == null ? "UTC" : zone);
    }

    /** {@code country}: ISO 3166-1 alpha-2. */
    public static Market of(@Nullable String country) {
        for (Market market : values()) {
            if (market.name().equals(country)) {
                return market;
            }
        }
        return OTHER;
    }

    /** The language and country of its shoppers. */
    public String locale() {
        return locale;
    }

    /** The clock on its walls; UTC where unknown. */
    public ZoneId zone() {
        return zone;
    }
}
