package dev.kassa.merchant;

import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a request acts for.
 *
 * @param sessionTtl the merchant's own time to live of a session; null for the deployment's
 * @param manualCapture whether its sales are only authorized at the till and captured later
 * @param currencies in which it sells, by ISO 4217; empty for any
 */
public record Merchant(
        MerchantId id,
        String name,
        @Nullable Duration sessionTtl,
        boolean manualCapture,
        Set<String> currencies) {}
