package dev.kassa.merchant;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a merchant from the start.
 *
 * @param name at most 200 characters
 * @param country ISO 3166-1 alpha-2; null where it does not matter
 * @param currencies in which it sells, by ISO 4217; empty for any
 * @param organisationNumber as its country's authorities give it
 * @param receiptAddress as it stands on receipts, in lines
 */
public record NewMerchant(
        String name,
        @Nullable String country,
        List<String> currencies,
        @Nullable String organisationNumber,
        @Nullable String receiptAddress) {}
