package dev.kassa.merchant;

import dev.kassa.access.Permission;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a new API key is for.
 *
 * @param name for people, at most 100 characters
 * @param permissions all that it may do; null for everything that the API has
 * @param expiresAt refused from then on; null for never
 */
public record KeyTerms(
        @Nullable String name, @Nullable Set<Permission> permissions, @Nullable Instant expiresAt) {
    /** Everything, for ever. */
    public static final KeyTerms FULL = new KeyTerms(null, null, null);
}
