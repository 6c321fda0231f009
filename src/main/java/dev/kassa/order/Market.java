package dev.kassa.order;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the country of a store says of its language and its clock.
 *
 * @param locale the language and country of its shoppers
 * @param zone the clock on its walls; UTC where the country is unknown
 * @param certain false where the country has several clocks or is unknown, so that a time is told
 *     with its offset
 */
public record Market(String locale, ZoneId zone, boolean certain) {
    private static final String ELSEWHERE = "en-GB";
    private static final String SEVERAL = " several";
    private static final Market UNKNOWN = new Market(ELSEWHERE, ZoneId.of("UTC"), false);
    private static final Map<String, String> LOCALES =
            Map.of("SE", "sv-SE", "NO", "nb-NO", "DK", "da-DK", "FI", "fi-FI");
    private static final Properties ZONES = zones();

    /** {@code country}: ISO 3166-1 alpha-2. */
    public static Market of(@Nullable String country) {
        String clock = country == null ? null : ZONES.getProperty(country);
        if (country == null || clock == null) {
            return UNKNOWN;
        }
        return new Market(
                LOCALES.getOrDefault(country, ELSEWHERE),
                ZoneId.of(clock.replace(SEVERAL, "")),
                !clock.endsWith(SEVERAL));
    }

    private static Properties zones() {
        Properties zones = new Properties();
        try (InputStream in =
                Objects.requireNonNull(
                        Market.class.getResourceAsStream("/order/time-zones.properties"))) {
            zones.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zones;
    }
}
