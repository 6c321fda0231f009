package dev.kassa.merchant;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a merchant chooses for all of its sales.
 *
 * @param manualCapture whether sales are only authorized at the till and captured later
 * @param sessionTtl how long a session is open; null for the deployment's choice
 */
record MerchantSettings(boolean manualCapture, @Nullable Duration sessionTtl) {
    static MerchantSettings of(Merchant merchant) {
        return new MerchantSettings(merchant.manualCapture(), merchant.sessionTtl());
    }

    /** On the wire, in seconds. */
    record View(
            boolean manualCapture, @JsonProperty("session_ttl_seconds") @Nullable Long ttlSeconds) {
        static View of(MerchantSettings settings) {
            Duration ttl = settings.sessionTtl();
            return new View(settings.manualCapture(), ttl == null ? null : ttl.toSeconds());
        }
    }
}
