package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.access.Role;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.KeyDetails;
import dev.kassa.merchant.KeyTerms;
import dev.kassa.merchant.PortalUser;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** API keys: which there are and when each was used, new ones, and the end of one. */
@Controller
@Requires(Permission.KEYS_MANAGE)
final class KeyPages {
    private static final String PATH = "/portal/keys";

    private static final int PAGE = 50;

    /** No user name of a key is longer. */
    private static final int USERNAME_CHARS = 100;

    /** A key used since then is probably used now. */
    private static final Duration RECENT = Duration.ofDays(1);

    /** What a new key can be tried with, by what it may do. */
    private static final Map<Permission, String> TRIALS = new LinkedHashMap<>();

    static {
        TRIALS.put(Permission.DEVICES_READ, "/ipp/v1/devices");
        TRIALS.put(Permission.LOCATIONS_READ, "/ipp/v1/locations");
        TRIALS.put(Permission.SETTINGS_READ, "/kassa/v1/settings");
        TRIALS.put(Permission.EVENTS_READ, "/kassa/v1/events");
        TRIALS.put(Permission.WEBHOOKS_READ, "/kassa/v1/webhook-destinations");
    }

    private final PortalView view;
    private final ApiKeys keys;
    private final PublicUrl url;
    private final InstantSource clock;

    KeyPages(PortalView view, ApiKeys keys, PublicUrl url, InstantSource clock) {
        this.view = view;
        this.keys = keys;
        this.url = url;
        this.clock = clock;
    }

    @GetMapping(PATH)
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "before", required = false) @Nullable String before) {
        List<KeyDetails> found =
                keys.newest(
                        user.merchant(),
                        before == null ? null : Text.storable(before, USERNAME_CHARS),
                        PAGE + 1);
        boolean more = found.size() > PAGE;
        return view.page("keys", PortalView.Entry.KEYS, user)
                .addObject("keys", more ? List.copyOf(found.subList(0, PAGE)) : found)
                .addObject("more", more)
                .addObject("now", clock.instant());
    }

    @GetMapping(PATH + "/new")
    ModelAndView blank(PortalUser user) {
        return form(user, KeyForm.EMPTY, FormFaults.NONE);
    }

    /** Shows what this user may give away, and nothing else. */
    private ModelAndView form(PortalUser user, KeyForm typed, FormFaults faults) {
        Set<Permission> own = user.role().permissions();
        Map<String, List<Permission>> groups = new LinkedHashMap<>();
        Arrays.stream(Permission.values())
                .filter(one -> own.contains(one) && Role.FULL_KEY.contains(one))
                .forEach(
                        one -> groups.computeIfAbsent(group(one), _ -> new ArrayList<>()).add(one));
        return view.page("key-form", PortalView.Entry.KEYS, user)
                .addObject("typed", typed)
                .addObject("faults", faults)
                .addObject("groups", groups)
                .addObject("mayAll", own.containsAll(Role.FULL_KEY));
    }

    /** Under which heading of the navigation its things are. */
    private static String group(Permission permission) {
        return switch (permission) {
            case SESSIONS_READ,
                    SESSIONS_CREATE,
                    SESSIONS_CANCEL,
                    PAYMENTS_TAKE,
                    ORDERS_READ,
                    ORDERS_EDIT,
                    ORDERS_CAPTURE,
                    ORDERS_REFUND,
                    TIMELINES_READ ->
                    "key.group.payments";
            case DEVICES_READ, DEVICES_MANAGE, LOCATIONS_READ, LOCATIONS_MANAGE -> "nav.group.shop";
            case EVENTS_READ, WEBHOOKS_READ, WEBHOOKS_MANAGE, KEYS_MANAGE, PLAYGROUND_USE ->
                    "nav.group.build";
            case SETTINGS_READ, SETTINGS_MANAGE, USERS_MANAGE, REPORTS_READ, AUDIT_READ ->
                    "key.group.administration";
        };
    }

    @StepUp
    @PostMapping(PATH)
    ModelAndView create(PortalUser user, KeyForm typed, HttpServletRequest request) {
        ApiKey made;
        KeyTerms terms;
        try {
            terms = typed.terms(clock.instant());
            made = keys.issue(user, terms);
        } catch (Problem problem) {
            if (problem.errors().isEmpty()) {
                throw problem;
            }
            ModelAndView again = form(user, typed, FormFaults.of(problem));
            again.setStatus(HttpStatus.BAD_REQUEST);
            return again;
        }
        Set<Permission> may = terms.permissions() == null ? Role.FULL_KEY : terms.permissions();
        return view.page("key-made", PortalView.Entry.KEYS, user)
                .addObject("made", made)
                .addObject("terms", terms)
                .addObject(
                        "trial",
                        TRIALS.entrySet().stream()
                                .filter(trial -> may.contains(trial.getKey()))
                                .findFirst()
                                .map(trial -> url.of(request, trial.getValue()))
                                .orElse(null));
    }

    @GetMapping(PATH + "/{username}/revoke")
    ModelAndView confirm(PortalUser user, @PathVariable("username") String username) {
        KeyDetails key = known(user, username);
        Instant used = key.lastUsedAt();
        return view.page("key-revoke", PortalView.Entry.KEYS, user)
                .addObject("key", key)
                .addObject("recent", used != null && used.isAfter(clock.instant().minus(RECENT)));
    }

    @StepUp
    @PostMapping(PATH + "/{username}/revoke")
    ModelAndView revoke(PortalUser user, @PathVariable("username") String username) {
        var _ = keys.revoke(user.merchant(), known(user, username).username());
        return new ModelAndView("redirect:" + PATH);
    }

    /** One that can be revoked. */
    private KeyDetails known(PortalUser user, String username) {
        return keys.find(user.merchant(), Text.storable(username, USERNAME_CHARS))
                .filter(key -> key.revokedAt() == null)
                .orElseThrow(() ->
                        Problem.notFound("There is no such API key here that is not revoked."));
    }
}
