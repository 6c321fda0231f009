package dev.kassa.location;

import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a location is from now on, all of it.
 *
 * @param country ISO 3166-1 alpha-2
 * @param timeZone by the IANA database; null, of a new one, for that of its country
 */
public record LocationProfile(
        String name,
        @Nullable String streetAddress,
        @Nullable String streetAddress2,
        @Nullable String postalCode,
        @Nullable String city,
        @Nullable String country,
        @Nullable ZoneId timeZone) {
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    /** One of which no more is known. */
    static LocationProfile of(String name, String country) {
        return new LocationProfile(name, null, null, null, null, country, null);
    }

    /** Reads one; faults are noted in the body's. */
    public static LocationProfile read(JsonObject body) {
        String country =
                body.optional("country", "a country by ISO 3166-1", LocationProfile::country);
        if (country == null) {
            body.fault("country", "is missing");
        }
        return new LocationProfile(
                body.requiredText("name", Limits.LOCATION_TEXT_CHARS),
                body.optionalName("street_address", Limits.LOCATION_TEXT_CHARS),
                body.optionalName("street_address2", Limits.LOCATION_TEXT_CHARS),
                body.optionalName("postal_code", Limits.POSTAL_CODE_CHARS),
                body.optionalName("city", Limits.LOCATION_TEXT_CHARS),
                country,
                body.required("time_zone", "a time zone by IANA", LocationProfile::zone));
    }

    private static String country(String text) {
        if (!COUNTRIES.contains(text)) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    /** No offset, which would be wrong for half of the year. */
    private static ZoneId zone(String text) {
        if (!ZoneId.getAvailableZoneIds().contains(text)) {
            throw new DateTimeException(text);
        }
        return ZoneId.of(text);
    }
}
