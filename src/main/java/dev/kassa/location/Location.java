package dev.kassa.location;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A place where a merchant sells, as the API shows it (contract 2.5).
 *
 * @param country ISO 3166-1 alpha-2
 * @param timeZone for pages; the documented answers do not have it
 */
public record Location(
        LocationId id,
        MerchantId merchantId,
        String name,
        @Nullable String streetAddress,
        @Nullable String streetAddress2,
        @Nullable String postalCode,
        @Nullable String city,
        @Nullable String country,
        @JsonIgnore ZoneId timeZone,
        Instant createdAt,
        Instant updatedAt) {}
