package dev.kassa.location;

import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a location; what is null stays.
 *
 * @param country ISO 3166-1 alpha-2
 */
public record LocationDetails(
        @Nullable String name,
        @Nullable String streetAddress,
        @Nullable String postalCode,
        @Nullable String city,
        @Nullable String country) {}
