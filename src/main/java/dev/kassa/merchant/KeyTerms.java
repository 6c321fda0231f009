package dev.kassa.merchant;

import dev.kassa.access.Permission;
import dev.kassa.access.Role;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a new API key is for.
 *
 * @param name for people, at most {@link dev.kassa.kernel.Limits#KEY_NAME_CHARS} characters
 * @param permissions all that it may do; null for everything that the API has
 * @param expiresAt refused from then on; null for never
 */
public record KeyTerms(
        @Nullable String name, @Nullable Set<Permission> permissions, @Nullable Instant expiresAt) {
    /** Everything, for ever. */
    public static final KeyTerms FULL = new KeyTerms(null, null, null);

    /** The end of a key whose last day this is, in UTC. */
    public static Instant endOf(LocalDate lastDay) {
        return lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** All that the key may do. */
    Set<Permission> all() {
        return permissions == null ? Role.FULL_KEY : permissions;
    }
}
