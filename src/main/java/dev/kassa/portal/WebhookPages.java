package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.event.EventLog;
import dev.kassa.event.EventType;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.paging.Paging;
import dev.kassa.webhook.Delivery;
import dev.kassa.webhook.DeliveryLog;
import dev.kassa.webhook.Destination;
import dev.kassa.webhook.DestinationHealth;
import dev.kassa.webhook.DestinationRules;
import dev.kassa.webhook.Destinations;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Webhook destinations: where events go, and what somebody decides about that. */
@Controller
@Requires(Permission.WEBHOOKS_READ)
final class WebhookPages {
    static final String PATH = "/portal/webhooks";

    private static final int PAGE = 50;

    private final PortalView view;
    private final Destinations destinations;
    private final DestinationRules rules;
    private final DestinationHealth health;
    private final DeliveryLog deliveries;

    WebhookPages(
            PortalView view,
            Destinations destinations,
            DestinationRules rules,
            DestinationHealth health,
            DeliveryLog deliveries) {
        this.view = view;
        this.destinations = destinations;
        this.rules = rules;
        this.health = health;
        this.deliveries = deliveries;
    }

    private ModelAndView page(String template, PortalUser user) {
        return view.page(template, PortalView.Entry.WEBHOOKS, user)
                .addObject(
                        "mayManage",
                        user.role().permissions().contains(Permission.WEBHOOKS_MANAGE));
    }

    @GetMapping(PATH)
    ModelAndView list(PortalUser user) {
        return page("webhooks", user)
                .addObject("lines", health.list(user.merchant()))
                .addObject("most", Limits.DESTINATIONS);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @GetMapping(PATH + "/new")
    ModelAndView blank(PortalUser user) {
        return form(user, DestinationForm.EMPTY, FormFaults.NONE);
    }

    private ModelAndView form(PortalUser user, DestinationForm typed, FormFaults faults) {
        Map<Boolean, List<String>> types =
                DestinationRules.TYPES.stream()
                        .filter(type -> isSent(type) || typed.ticks(type))
                        .collect(Collectors.partitioningBy(WebhookPages::isDocumented));
        return page("webhook-form", user)
                .addObject("typed", typed)
                .addObject("faults", faults)
                .addObject("documented", types.get(true))
                .addObject("own", types.get(false));
    }

    /** What is never sent is not offered; one who has ticked it by the API keeps it. */
    private static boolean isSent(String type) {
        return Arrays.stream(EventType.values()).anyMatch(one -> one.wire().equals(type));
    }

    private static boolean isDocumented(String type) {
        return Arrays.asList(EventLog.documentedTypes()).contains(type);
    }

    private ModelAndView refused(
            PortalUser user, DestinationForm typed, FormFaults faults, HttpStatus status) {
        ModelAndView again = form(user, typed, faults);
        again.setStatus(status);
        return again;
    }

    @StepUp
    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH)
    ModelAndView create(PortalUser user, DestinationForm typed) {
        try {
            Destination made = destinations.create(user.merchant(), rules.wish(typed.fields()));
            return secret(user, made, "webhook.made");
        } catch (Problem problem) {
            return switch (problem.kind()) {
                case INVALID ->
                        refused(user, typed, FormFaults.of(problem), HttpStatus.BAD_REQUEST);
                case CONFLICT -> refused(user, typed, noRoomOrTaken(user), HttpStatus.CONFLICT);
                default -> throw problem;
            };
        }
    }

    private FormFaults noRoomOrTaken(PortalUser user) {
        long count = destinations.list(user.merchant(), new Paging(0, 1)).totalElements();
        return new FormFaults(
                count >= Limits.DESTINATIONS
                        ? Map.of("", "there are " + count + " destinations, delete one first")
                        : Map.of("name", "must be another: a destination is called that"));
    }

    /** The one page with a secret: it answers the form that asked for it. */
    private ModelAndView secret(PortalUser user, Destination shown, String title) {
        return page("webhook-secret", user).addObject("shown", shown).addObject("heading", title);
    }

    @GetMapping(PATH + "/{destination_id}")
    ModelAndView one(
            PortalUser user,
            @PathVariable("destination_id") DestinationId id,
            @RequestParam(name = "status", defaultValue = "") String status,
            @RequestParam(name = "before", defaultValue = "") String before,
            @RequestParam(name = "queued", defaultValue = "") String queued) {
        DestinationHealth.Line line = health.get(user.merchant(), id);
        String asked = Delivery.STATUSES.contains(status) ? status : "";
        Delivery.Slice slice =
                deliveries.list(
                        user.merchant(),
                        line.destination(),
                        asked.isEmpty() ? null : asked,
                        before.matches("\\d{1,18}") ? Long.valueOf(before) : null,
                        PAGE);
        return page("webhook", user)
                .addObject("line", line)
                .addObject("shown", line.destination())
                .addObject("statuses", Delivery.STATUSES)
                .addObject("status", asked)
                .addObject("slice", slice)
                .addObject("queued", queued.matches("\\d{1,6}") ? Integer.valueOf(queued) : null);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @GetMapping(PATH + "/{destination_id}/edit")
    ModelAndView edit(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        Destination known = destinations.get(user.merchant(), id);
        return form(user, DestinationForm.of(known), FormFaults.NONE).addObject("shown", known);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{destination_id}/edit")
    ModelAndView change(
            PortalUser user,
            @PathVariable("destination_id") DestinationId id,
            DestinationForm typed) {
        Destination known = destinations.get(user.merchant(), id);
        try {
            var _ =
                    destinations.replace(
                            user.merchant(), id, rules.wish(typed.fields()), typed.version());
        } catch (Problem problem) {
            return switch (problem.kind()) {
                case INVALID ->
                        refused(user, typed, FormFaults.of(problem), HttpStatus.BAD_REQUEST)
                                .addObject("shown", known);
                case CONFLICT -> changedOrTaken(user, id, typed);
                default -> throw problem;
            };
        }
        return new ModelAndView("redirect:" + PATH + "/" + id);
    }

    /** Whoever sends it again has seen what it is now. */
    private ModelAndView changedOrTaken(PortalUser user, DestinationId id, DestinationForm typed) {
        Destination now = destinations.get(user.merchant(), id);
        boolean changed = !now.updatedAt().equals(typed.version());
        Map<String, String> faults = new HashMap<>();
        faults.put(
                changed ? "" : "name",
                changed
                        ? "somebody has changed the destination meanwhile"
                        : "must be another: a destination is called that");
        return refused(user, typed.at(now), new FormFaults(faults), HttpStatus.CONFLICT)
                .addObject("shown", now)
                .addObject("now", changed ? now : null);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{destination_id}/switch")
    ModelAndView turn(
            PortalUser user,
            @PathVariable("destination_id") DestinationId id,
            @RequestParam(name = "enabled", defaultValue = "false") boolean enabled,
            @RequestParam(name = "seen", required = false) @Nullable String seen) {
        Destination known = destinations.get(user.merchant(), id);
        var _ =
                destinations.replace(
                        user.merchant(),
                        id,
                        new Destination.Configuration(
                                known.name(), known.url(), known.eventTypes(), enabled),
                        seen == null ? known.updatedAt() : DestinationForm.version(seen));
        return new ModelAndView("redirect:" + PATH + "/" + id);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{destination_id}/delete")
    ModelAndView delete(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        destinations.delete(user.merchant(), id);
        return new ModelAndView("redirect:" + PATH);
    }

    @StepUp
    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{destination_id}/rotate")
    ModelAndView rotate(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        return secret(user, destinations.rotate(user.merchant(), id), "webhook.rotated");
    }

    @StepUp
    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{destination_id}/reveal")
    ModelAndView reveal(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        return secret(user, destinations.reveal(user.merchant(), id), "webhook.revealed");
    }
}
