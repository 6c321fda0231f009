package dev.kassa.order;

import dev.kassa.http.JsonObject;
import java.util.Locale;
import java.util.regex.Pattern;
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
    private static final Pattern COUNTRY = Pattern.compile("[A-Za-z]{2}");

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
                country(address),
                address.optionalText("email", 100),
                address.optionalText("phone", 100));
    }

    /**
     * In upper or lower case, since shops send both, and with codes that ISO leaves to its users,
     * such as XK. Shops send an empty one for an address without a country.
     */
    private static @Nullable String country(JsonObject address) {
        String code = address.optionalText("country", 100);
        if (code == null || code.isEmpty()) {
            return null;
        }
        if (!COUNTRY.matcher(code).matches()) {
            address.fault("country", "must be a country code of two letters, such as SE");
        }
        return code.toUpperCase(Locale.ROOT);
    }
}
