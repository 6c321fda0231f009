package dev.kassa.merchant;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a merchant chooses for all of its sales; Kassa's own. */
@RestController
@Requires(Permission.SETTINGS_READ)
@RequestMapping(path = "/kassa/v1/settings", produces = MediaType.APPLICATION_JSON_VALUE)
final class MerchantSettingsApi {
    private final Merchants merchants;

    MerchantSettingsApi(Merchants merchants) {
        this.merchants = merchants;
    }

    @GetMapping
    MerchantSettings.View get(Merchant merchant) {
        return MerchantSettings.View.of(MerchantSettings.of(merchant));
    }

    /** Replaces all of them: one that is left out goes back to its default. */
    @Requires(Permission.SETTINGS_MANAGE)
    @PutMapping
    MerchantSettings.View replace(Merchant merchant, JsonObject body) {
        MerchantSettings chosen = MerchantSettings.read(body);
        body.faults().throwIfAny();

        merchants.choose(merchant.id(), chosen);
        return MerchantSettings.View.of(chosen);
    }
}
