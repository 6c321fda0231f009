package dev.kassa.merchant;

import dev.kassa.access.Role;
import dev.kassa.kernel.MerchantId;
import java.time.ZoneId;

/**
 * Somebody who is let into a merchant's portal.
 *
 * @param email also the name to sign in with
 * @param zone in whose time they read: that of the merchant's first location, or of its country
 */
public record PortalUser(
        MerchantId merchant, String merchantName, String email, Role role, ZoneId zone) {}
