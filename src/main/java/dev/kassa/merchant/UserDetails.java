package dev.kassa.merchant;

import dev.kassa.access.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A user of a merchant's portal.
 *
 * @param email also the name to sign in with
 * @param invited has not chosen a password yet
 */
public record UserDetails(
        String email,
        Role role,
        boolean invited,
        Instant createdAt,
        @Nullable Instant disabledAt) {}
