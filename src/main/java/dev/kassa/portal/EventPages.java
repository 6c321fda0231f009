package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.event.EventType;
import dev.kassa.http.Json;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.support.EventSearch;
import dev.kassa.webhook.DeliveryLog;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The event log, and each event with whom it was sent to. */
@Controller
@Requires(Permission.EVENTS_READ)
final class EventPages {
    private static final String PATH = "/portal/events";

    private static final int PAGE = 50;

    private static final List<String> TYPES =
            Stream.of(EventType.values())
                    .filter(type -> type != EventType.TEST)
                    .map(EventType::wire)
                    .sorted()
                    .toList();

    private final PortalView view;
    private final EventSearch events;
    private final DeliveryLog deliveries;

    EventPages(PortalView view, EventSearch events, DeliveryLog deliveries) {
        this.view = view;
        this.events = events;
        this.deliveries = deliveries;
    }

    @GetMapping(PATH)
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "type", defaultValue = "") String type,
            @RequestParam(name = "object", defaultValue = "") String object,
            @RequestParam(name = "before", required = false) @Nullable String before) {
        EventSearch.Query asked =
                EventSearch.Query.of(TYPES.contains(type) ? type : "", object, before);
        return view.page("events", PortalView.Entry.EVENTS, user)
                .addObject("asked", asked)
                .addObject("types", TYPES)
                .addObject("slice", events.find(user.merchant(), asked, PAGE));
    }

    @GetMapping(PATH + "/{event_id}")
    ModelAndView one(PortalUser user, @PathVariable("event_id") String id) {
        EventSearch.Whole whole =
                events.get(user.merchant(), id)
                        .orElseThrow(() -> Problem.notFound("There is no such event here."));
        Set<Permission> may = user.role().permissions();
        return view.page("event", PortalView.Entry.EVENTS, user)
                .addObject("event", whole.event())
                .addObject("json", Json.MAPPER.readTree(whole.body()).toPrettyString())
                .addObject("mayManage", may.contains(Permission.WEBHOOKS_MANAGE))
                .addObject(
                        "sent",
                        may.contains(Permission.WEBHOOKS_READ)
                                ? deliveries.ofEvent(user.merchant(), id)
                                : null);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping(PATH + "/{event_id}/send")
    ModelAndView send(
            PortalUser user,
            @PathVariable("event_id") String id,
            @RequestParam(name = "destination", defaultValue = "") String destination) {
        DestinationId to;
        try {
            to = DestinationId.parse(destination);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound("There is no such webhook destination here.");
        }
        return new ModelAndView(
                "redirect:"
                        + DeliveryPages.path(
                                to, deliveries.resend(user.merchant(), to, id).eventId()));
    }
}
