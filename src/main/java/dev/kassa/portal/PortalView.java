package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.database.Sql;
import dev.kassa.kernel.Mode;
import dev.kassa.merchant.PortalUser;
import dev.kassa.signin.LocalRequests;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** Makes pages that have the frame of the portal: who is in, where, and what else there is. */
@Component
final class PortalView {
    /** An entry of the navigation: shown to whoever may open it. */
    enum Entry {
        HOME("today", "/portal", Permission.SESSIONS_READ),
        SESSIONS("today", "/portal/sessions", Permission.SESSIONS_READ),
        ORDERS("today", "/portal/orders", Permission.ORDERS_READ),
        LOCATIONS("shop", "/portal/locations", Permission.LOCATIONS_READ),
        DEVICES("shop", "/portal/devices", Permission.DEVICES_READ),
        ENROLLMENTS("shop", "/portal/enrollments", Permission.DEVICES_MANAGE),
        WEBHOOKS("build", "/portal/webhooks", Permission.WEBHOOKS_READ),
        EVENTS("build", "/portal/events", Permission.EVENTS_READ),
        PLAYGROUND("build", "/portal/playground", Permission.PLAYGROUND_USE),
        KEYS("build", "/portal/keys", Permission.KEYS_MANAGE),
        USERS("people", "/portal/users", Permission.USERS_MANAGE),
        AUDIT("people", "/portal/audit", Permission.AUDIT_READ),
        SETTINGS("people", "/portal/settings", Permission.SETTINGS_READ),
        /** Behind the user's own name. */
        ACCOUNT("people", "/portal/account", null);

        private final String group;
        private final String path;
        private final @Nullable Permission needed;

        Entry(String group, String path, @Nullable Permission needed) {
            this.group = group;
            this.path = path;
            this.needed = needed;
        }

        /** The key of its group's name in the texts. */
        public String group() {
            return "nav.group." + group;
        }

        public String path() {
            return path;
        }

        /** Its key in the texts. */
        public String key() {
            return "nav." + name().toLowerCase(Locale.ROOT);
        }
    }

    private final Mode mode;
    private final InstantSource clock;

    PortalView(Mode mode, InstantSource clock) {
        this.mode = mode;
        this.clock = clock;
    }

    /** A page for one who is signed in. */
    ModelAndView page(String template, Entry entry, PortalUser user) {
        List<Entry> entries =
                Arrays.stream(Entry.values())
                        .filter(one ->
                                one.needed != null
                                        && (one != Entry.PLAYGROUND || mode == Mode.PLAYGROUND)
                                        && user.role().permissions().contains(one.needed))
                        .toList();
        return alone(template)
                .addObject("f", formats(user.zone()))
                .addObject("user", user)
                .addObject("entries", entries)
                .addObject("here", entry);
    }

    /** A page for anybody. */
    ModelAndView alone(String template) {
        return new ModelAndView("portal/" + template)
                .addObject("practice", mode == Mode.PLAYGROUND)
                .addObject("f", formats(ZoneOffset.UTC))
                .addObject("lang", locale().getLanguage());
    }

    /** For a page whose times are those of one place. */
    PortalFormats formats(ZoneId zone) {
        return new PortalFormats(locale(), Sql.now(clock), zone);
    }

    private static Locale locale() {
        // The texts are English where there are none in the reader's language.
        Locale asked = LocaleContextHolder.getLocale();
        return asked.getLanguage().equals("sv") ? asked : Locale.ENGLISH;
    }

    /** Whether a playground may let in whoever is at this machine. */
    boolean isOwnPlayground(HttpServletRequest request) {
        return mode == Mode.PLAYGROUND && LocalRequests.isLocal(request);
    }
}
