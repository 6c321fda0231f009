package dev.kassa.webhook;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane sends and how it signs, as the destination is configured.
 *
 * @param sealedPrevious the secret before the rotation; null when there was none
 * @param previousUntil how long that one signs too
 */
record Target(
        URI url,
        boolean enabled,
        String sealedSecret,
        @Nullable String sealedPrevious,
        @Nullable Instant previousUntil) {

    /** The secrets that sign now, newest first. */
    List<String> sealedSecrets(Instant now) {
        List<String> secrets = new ArrayList<>();
        secrets.add(sealedSecret);
        if (sealedPrevious != null && previousUntil != null && now.isBefore(previousUntil)) {
            secrets.add(sealedPrevious);
        }
        return secrets;
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Target[" + url + "]";
    }
}
