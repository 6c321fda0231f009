package dev.kassa.merchant;

import dev.kassa.kernel.MerchantId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A merchant as an operator sees it.
 *
 * @param disabledAt since when none of its keys and devices is let in; null while they are
 */
public record MerchantDetails(
        MerchantId id,
        String name,
        @Nullable String country,
        List<String> currencies,
        @Nullable String organisationNumber,
        @Nullable String receiptAddress,
        Instant createdAt,
        @Nullable Instant disabledAt) {}
