package dev.kassa.merchant;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a merchant chooses for all of its sales.
 *
 * @param manualCapture whether sales are only authorized at the till and captured later
 * @param sessionTtl how long a session is open; null for the deployment's choice
 */
public record MerchantSettings(boolean manualCapture, @Nullable Duration sessionTtl) {
    /** Reads all of them: one that is left out is its default. Faults are noted in the body's. */
    public static MerchantSettings read(JsonObject body) {
        boolean manualCapture = body.flag("manual_capture", false);
        OptionalInt ttl = body.optionalInt("session_ttl_seconds", 1, Limits.SESSION_TTL_SECONDS);
        return new MerchantSettings(
                manualCapture, ttl.isPresent() ? Duration.ofSeconds(ttl.getAsInt()) : null);
    }

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
