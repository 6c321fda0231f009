package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.MerchantSettings;
import dev.kassa.merchant.Merchants;
import dev.kassa.merchant.PortalUser;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What the merchant chooses for all of its sales, and what stands on its receipts. */
@Controller
@Requires(Permission.SETTINGS_READ)
final class SettingsPages {
    private static final String CAPTURE = "manual_capture";
    private static final String TTL = "session_ttl_seconds";
    private static final String SEEN = "seen_";

    private final PortalView view;
    private final Merchants merchants;

    SettingsPages(PortalView view, Merchants merchants) {
        this.view = view;
        this.merchants = merchants;
    }

    @GetMapping("/portal/settings")
    ModelAndView settings(PortalUser user) {
        MerchantSettings settings = merchants.settings(user.merchant());
        Map<String, String> values = new LinkedHashMap<>(values("", settings));
        values.putAll(values(SEEN, settings));
        return page(user, PortalForm.of(values));
    }

    private static Map<String, String> values(String prefix, MerchantSettings settings) {
        Duration ttl = settings.sessionTtl();
        return Map.of(
                prefix + CAPTURE,
                String.valueOf(settings.manualCapture()),
                prefix + TTL,
                ttl == null ? "" : String.valueOf(ttl.toSeconds()));
    }

    private ModelAndView page(PortalUser user, PortalForm form) {
        return form.on(
                view.page("settings", PortalView.Entry.SETTINGS, user)
                        .addObject("details", merchants.get(user.merchant()))
                        .addObject("most", Limits.SESSION_TTL_SECONDS)
                        .addObject(
                                "manages",
                                user.role().permissions().contains(Permission.SETTINGS_MANAGE)));
    }

    @Requires(Permission.SETTINGS_MANAGE)
    @PostMapping("/portal/settings")
    ModelAndView choose(PortalUser user, @RequestParam Map<String, String> typed) {
        PortalForm form = PortalForm.of(typed);
        try {
            merchants.choose(user.merchant(), read(form, ""), read(form, SEEN));
            return new ModelAndView("redirect:/portal/settings");
        } catch (Problem refused) {
            PortalForm again = form.refused(refused, "form.stale");
            if (!again.isAtFault()) {
                for (var one : values(SEEN, merchants.settings(user.merchant())).entrySet()) {
                    again = again.with(one.getKey(), one.getValue());
                }
            }
            return page(user, again);
        }
    }

    private static MerchantSettings read(PortalForm form, String prefix) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(CAPTURE, form.value(prefix + CAPTURE).equals("true"));
        String ttl = form.value(prefix + TTL).strip();
        if (!ttl.isEmpty()) {
            values.put(TTL, ttl.matches("\\d{1,18}") ? Long.valueOf(ttl) : ttl);
        }
        JsonObject body = JsonObject.of(values);
        MerchantSettings settings = MerchantSettings.read(body);
        body.faults().throwIfAny();
        return settings;
    }
}
