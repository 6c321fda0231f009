package dev.kassa.merchant;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An API key as its merchant's people see it, without the key.
 *
 * @param permissions all that it may do; null for everything that the API has
 * @param lastUsedAt some seconds old
 */
public record KeyDetails(
        String username,
        @Nullable String name,
        @Nullable List<String> permissions,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt,
        @Nullable String lastUsedAddress) {}
