package dev.kassa.server;

import dev.kassa.http.BasicCredentials;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.location.Locations;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.Merchant;
import dev.kassa.merchant.Merchants;
import dev.kassa.merchant.Users;
import dev.kassa.webhook.Destinations;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Gives a playground its merchant with one location, one register and an API key, and keeps {@code
 * playground.env} true: what it says is kept if it still works, and made anew if not.
 */
@Component
final class PlaygroundSeed {
    private static final String SETTING_DESTINATION = "KASSA_WEBHOOK_URL";
    private static final String PORTAL_USER = "owner";

    private final Merchants merchants;
    private final Users users;
    private final Locations locations;
    private final ApiKeys keys;
    private final Destinations destinations;

    PlaygroundSeed(
            Merchants merchants,
            Users users,
            Locations locations,
            ApiKeys keys,
            Destinations destinations) {
        this.merchants = merchants;
        this.users = users;
        this.locations = locations;
        this.keys = keys;
        this.destinations = destinations;
    }

    void ensure(Path dataDirectory, URI url, @Nullable URI webhookUrl) {
        PlaygroundEnv before = PlaygroundEnv.read(dataDirectory);
        MerchantId merchant = users.merchantOf(PORTAL_USER).orElseGet(this::seed);
        Map<String, String> values = new LinkedHashMap<>();
        values.put("KASSA_URL", url.toString());
        values.put("KASSA_MERCHANT_ID", merchant.value());
        ApiKey key = apiKey(merchant, before);
        values.put("KASSA_API_USERNAME", key.username());
        values.put("KASSA_API_KEY", key.key());
        values.put("KASSA_PORTAL_USER", PORTAL_USER);
        values.put("KASSA_PORTAL_PASSWORD", portalPassword(merchant, before));
        if (webhookUrl == null) {
            destinations.disable(merchant, SETTING_DESTINATION);
        } else {
            values.put(
                    "KASSA_WEBHOOK_SECRET",
                    String.valueOf(
                            destinations
                                    .ensure(merchant, SETTING_DESTINATION, webhookUrl)
                                    .secret()));
        }
        new PlaygroundEnv(values).write(dataDirectory);
    }

    private MerchantId seed() {
        Merchant merchant = merchants.create("Playground");
        LocationId location = locations.create(merchant.id(), "My Store", "SE");
        locations.addCashRegister(merchant.id(), location, "Register 1");
        return merchant.id();
    }

    private ApiKey apiKey(MerchantId merchant, PlaygroundEnv before) {
        ApiKey known = new ApiKey(before.get("KASSA_API_USERNAME"), before.get("KASSA_API_KEY"));
        return !known.username().isEmpty() && works(known, merchant) ? known : keys.issue(merchant);
    }

    private boolean works(ApiKey key, MerchantId merchant) {
        try {
            return keys.authenticate(
                            new BasicCredentials(key.username(), key.key()),
                            InetAddress.getLoopbackAddress().getHostAddress())
                    .merchant()
                    .id()
                    .equals(merchant);
        } catch (Problem denied) {
            return false;
        }
    }

    private String portalPassword(MerchantId merchant, PlaygroundEnv before) {
        String known = before.get("KASSA_PORTAL_PASSWORD");
        return !known.isEmpty() && users.passwordMatches(merchant, PORTAL_USER, known)
                ? known
                : users.setRandomPassword(merchant, PORTAL_USER);
    }
}
