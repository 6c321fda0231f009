package dev.kassa.order;

import dev.kassa.http.JsonObject;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A billing or shipping address as sent (contract 6.2). */
record Address(
        @Nullable String givenName,
        @Nullable String familyName,
        @Nullable String title,
        @Nullable String streetAddress,
        @Nullable String streetAddress2,
        @Nullable String postalCode,
        @Nullable String city,
        @Nullable String region,
        @Nullable String country,
        @Nullable String email,
        @Nullable String phone) {
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    static Address read(JsonObject address) {
        return new Address(
                address.optionalText("given_name", 100),
                address.optionalText("family_name", 100),
                address.optionalText("title", 20),
                address.optionalText("street_address", 100),
                address.optionalText("street_address2", 100),
                address.optionalText("postal_code", 10),
                address.optionalText("city", 200),
                address.optionalText("region", 200),
                address.optional("country", "a country code such as SE", Address::country),
                address.optionalText("email", 100),
                address.optionalText("phone", 100));
    }

    /** In upper or lower case, since shops send both. */
    private static String country(String code) {
        String upper = code.toUpperCase(Locale.ROOT);
        if (!COUNTRIES.contains(upper)) {
            throw new IllegalArgumentException("no such country");
        }
        return upper;
    }
}
