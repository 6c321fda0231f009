package dev.kassa.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the audit log says was done. */
public enum AuditAction {
    MERCHANT_CREATED,
    MERCHANT_DISABLED,
    MERCHANT_ENABLED,
    SETTINGS_CHANGED,
    KEYRING_ENCRYPTED_ANEW,
    KEYRING_KEY_ADDED,
    KEY_CREATED,
    KEY_REVOKED,
    USER_INVITED,
    USER_ROLE_CHANGED,
    USER_DISABLED,
    USER_PASSWORD_RESET,
    USER_PASSWORD_CHOSEN,
    USER_SIGNED_IN,
    USER_SIGNED_OUT,
    USER_TOTP_ADDED,
    USER_TOTP_REMOVED,
    USER_PASSKEY_ADDED,
    USER_PASSKEY_REMOVED,
    USER_RECOVERY_CODES_MADE,
    USER_RECOVERY_CODE_USED,
    LOCATION_CREATED,
    LOCATION_CHANGED,
    ENROLLMENT_CREATED,
    ENROLLMENT_CANCELLED,
    DEVICE_PAIRED,
    DEVICE_CHANGED,
    DEVICE_DEREGISTERED,
    DEVICE_PUSH_TOKEN_CHANGED,
    SESSION_CREATED,
    SESSION_CANCELLED,
    SESSION_EXPIRED,
    PAYMENT_STARTED,
    PAYMENT_SETTLED,
    ORDER_CHANGED,
    MOVEMENT_STARTED,
    MOVEMENT_SETTLED,
    LATE_APPROVAL_OWED_BACK,
    LATE_APPROVAL_SETTLED,
    OPERATION_RESOLVED,
    DESTINATION_CREATED,
    DESTINATION_CHANGED,
    DESTINATION_DISABLED,
    DESTINATION_REMOVED,
    DESTINATION_SECRET_ROTATED,
    DESTINATION_SECRET_SHOWN,
    DESTINATION_TESTED,
    DELIVERIES_QUEUED_AGAIN;

    /** Those that would fill an index: they come with payments, or with each start of an app. */
    private static final Set<AuditAction> OFTEN =
            EnumSet.of(
                    SESSION_CREATED,
                    SESSION_CANCELLED,
                    SESSION_EXPIRED,
                    PAYMENT_STARTED,
                    PAYMENT_SETTLED,
                    MOVEMENT_STARTED,
                    MOVEMENT_SETTLED,
                    DEVICE_PUSH_TOKEN_CHANGED);

    /** Whether it is in the index audit_of_action. */
    boolean isSeldom() {
        return !OFTEN.contains(this);
    }

    /** The one of this name. */
    public static Optional<AuditAction> of(String wire) {
        return Arrays.stream(values()).filter(one -> one.wire().equals(wire)).findFirst();
    }

    /** Its name outside Java: {@code session.created}. */
    public String wire() {
        String[] words = name().toLowerCase(Locale.ROOT).split("_", 2);
        return words[0] + "." + words[1];
    }
}
