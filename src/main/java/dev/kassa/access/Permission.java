package dev.kassa.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What a principal may do. A closed set: each operation needs one of these ({@link Requires}), and
 * roles and API keys are sets of them.
 */
public enum Permission {
    SESSIONS_READ("see payment sessions"),
    SESSIONS_CREATE("create payment sessions"),
    SESSIONS_CANCEL("cancel payment sessions"),
    PAYMENTS_TAKE("show sessions on a till and take their payments"),
    ORDERS_READ("see orders, captures and refunds"),
    ORDERS_EDIT("change an order's references, addresses and shipping information"),
    ORDERS_CAPTURE("capture, release, extend and change what an order holds"),
    ORDERS_REFUND("refund orders"),
    DEVICES_READ("see devices and whether they are connected"),
    DEVICES_MANAGE("pair, rename, move and deregister devices, and see enrollment codes"),
    LOCATIONS_READ("see locations"),
    LOCATIONS_MANAGE("create and edit locations"),
    EVENTS_READ("read events"),
    WEBHOOKS_READ("see webhook destinations and their deliveries"),
    WEBHOOKS_MANAGE("create, change, test and remove webhook destinations, and see their secrets"),
    TIMELINES_READ("see all that happened to a session"),
    SETTINGS_READ("see the merchant's settings"),
    SETTINGS_MANAGE("change the merchant's settings"),
    KEYS_MANAGE("create and revoke API keys"),
    USERS_MANAGE("invite users, change their roles and disable them"),
    REPORTS_READ("see reports"),
    AUDIT_READ("read the audit log"),
    PLAYGROUND_USE("simulate devices, cards and providers of a playground");

    private final String description;

    Permission(String description) {
        this.description = description;
    }

    /** Its name outside Java: {@code orders.refund}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT).replace('_', '.');
    }

    /** What it allows, behind "may". */
    public String description() {
        return description;
    }

    /** The one of this name. */
    public static Optional<Permission> of(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire().equals(wire)).findFirst();
    }
}
