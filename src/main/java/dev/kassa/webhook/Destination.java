package dev.kassa.webhook;

import dev.kassa.kernel.DestinationId;
import java.net.URI;

/**
 * Where a merchant's events go.
 *
 * @param secret {@code whsec_} and the signing key in base64
 */
public record Destination(DestinationId id, String name, URI url, String secret) {
    /** Without the secret. */
    @Override
    public String toString() {
        return "Destination[" + id + ", " + url + "]";
    }
}
