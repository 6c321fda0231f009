package dev.kassa.merchant;

import dev.kassa.access.Role;
import dev.kassa.kernel.MerchantId;

/**
 * Somebody who is let into a merchant's portal.
 *
 * @param email also the name to sign in with
 */
public record PortalUser(MerchantId merchant, String merchantName, String email, Role role) {}
