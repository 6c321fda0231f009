package dev.kassa.location;

import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place where a merchant sells, as the API shows it (contract 2.5).
 *
 * @param country ISO 3166-1 alpha-2
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
        Instant createdAt,
        Instant updatedAt) {}
