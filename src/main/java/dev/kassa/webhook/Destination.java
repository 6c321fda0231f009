package dev.kassa.webhook;

import dev.kassa.kernel.DestinationId;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a merchant's events go, as the API shows it.
 *
 * @param eventTypes null for every documented one
 * @param disabledReason why Kassa disabled it; null when it is enabled, or the merchant did
 * @param pausedUntil when it is tried again after too many failures in a row
 * @param previousSecretUntil how long the secret before the last rotation signs too
 * @param secret {@code whsec_} and the signing key in base64; null but in the answers that show it
 */
public record Destination(
        DestinationId id,
        String name,
        URI url,
        @Nullable List<String> eventTypes,
        boolean enabled,
        @Nullable String disabledReason,
        @Nullable Instant pausedUntil,
        @Nullable Instant previousSecretUntil,
        Instant createdAt,
        Instant updatedAt,
        @Nullable String secret) {

    Destination showing(String shownSecret) {
        return new Destination(
                id,
                name,
                url,
                eventTypes,
                enabled,
                disabledReason,
                pausedUntil,
                previousSecretUntil,
                createdAt,
                updatedAt,
                shownSecret);
    }

    /** What a merchant decides about a destination. */
    public record Configuration(
            String name, URI url, @Nullable List<String> eventTypes, boolean enabled) {}

    /** Without the secret. */
    @Override
    public String toString() {
        return "Destination[" + id + ", " + url + "]";
    }
}
