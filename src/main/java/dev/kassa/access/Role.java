package dev.kassa.access;

import static dev.kassa.access.Permission.*;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a person does for a merchant: a set of permissions. */
public enum Role {
    /** Everything but the till, which a device has. */
    OWNER(EnumSet.complementOf(EnumSet.of(PAYMENTS_TAKE))),
    /** Connects systems: keys, webhooks, timelines; gives no money back. */
    DEVELOPER(
            EnumSet.of(
                    SESSIONS_READ,
                    SESSIONS_CREATE,
                    SESSIONS_CANCEL,
                    ORDERS_READ,
                    DEVICES_READ,
                    LOCATIONS_READ,
                    EVENTS_READ,
                    WEBHOOKS_READ,
                    WEBHOOKS_MANAGE,
                    TIMELINES_READ,
                    SETTINGS_READ,
                    KEYS_MANAGE,
                    PLAYGROUND_USE)),
    /** Runs shops: refunds, devices, registers. */
    MANAGER(
            EnumSet.of(
                    SESSIONS_READ,
                    SESSIONS_CREATE,
                    SESSIONS_CANCEL,
                    ORDERS_READ,
                    ORDERS_EDIT,
                    ORDERS_CAPTURE,
                    ORDERS_REFUND,
                    DEVICES_READ,
                    DEVICES_MANAGE,
                    LOCATIONS_READ,
                    LOCATIONS_MANAGE,
                    TIMELINES_READ,
                    SETTINGS_READ,
                    SETTINGS_MANAGE,
                    REPORTS_READ)),
    /** Reads what was sold and what was done. */
    ACCOUNTANT(
            EnumSet.of(
                    SESSIONS_READ,
                    ORDERS_READ,
                    DEVICES_READ,
                    LOCATIONS_READ,
                    REPORTS_READ,
                    AUDIT_READ)),
    /** Finds out for a customer or a shop what happened; changes nothing. */
    SUPPORT(
            EnumSet.of(
                    SESSIONS_READ,
                    ORDERS_READ,
                    DEVICES_READ,
                    LOCATIONS_READ,
                    EVENTS_READ,
                    WEBHOOKS_READ,
                    TIMELINES_READ,
                    SETTINGS_READ)),
    /** Takes payments in the app, and nothing else. */
    CLERK(EnumSet.of(PAYMENTS_TAKE));

    /** What an API key may do that is not restricted: as in the contract, whatever the API has. */
    public static final Set<Permission> FULL_KEY = OWNER.permissions();

    /** What a paired device may do. */
    public static final Set<Permission> DEVICE = CLERK.permissions();

    @SuppressWarnings("ImmutableEnumChecker") // It is a copy that nobody can change.
    private final Set<Permission> permissions;

    Role(Set<Permission> permissions) {
        this.permissions = Set.copyOf(permissions);
    }

    /** What it may do. */
    public Set<Permission> permissions() {
        return permissions;
    }

    /**
     * Whether one of this role may give somebody the other: nobody hands out what their own role
     * lacks. The till's permission is no exception, although no role but the clerk's has it:
     * whoever pairs devices hands it out already.
     */
    public boolean mayHandOut(Role other) {
        return other.permissions.stream()
                .allMatch(one ->
                        permissions.contains(one)
                                || (one == PAYMENTS_TAKE && permissions.contains(DEVICES_MANAGE)));
    }

    /** Its name outside Java: {@code owner}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of this name. */
    public static Optional<Role> of(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire().equals(wire)).findFirst();
    }
}
