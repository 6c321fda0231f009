package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.webhook.Delivery;
import dev.kassa.webhook.DeliveryLog;
import dev.kassa.webhook.DestinationHealth;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.servlet.ModelAndView;

/** What was sent to a destination, what it answered, and sending it again. */
@Controller
@Requires(Permission.WEBHOOKS_READ)
@RequestMapping(WebhookPages.PATH + "/{destination_id}")
final class DeliveryPages {
    private final PortalView view;
    private final DestinationHealth health;
    private final DeliveryLog deliveries;
    private final PublicUrl url;

    DeliveryPages(
            PortalView view, DestinationHealth health, DeliveryLog deliveries, PublicUrl url) {
        this.view = view;
        this.health = health;
        this.deliveries = deliveries;
        this.url = url;
    }

    private ModelAndView page(String template, PortalUser user, DestinationHealth.Line line) {
        return view.page(template, PortalView.Entry.WEBHOOKS, user)
                .addObject(
                        "mayManage", user.role().permissions().contains(Permission.WEBHOOKS_MANAGE))
                .addObject("line", line)
                .addObject("shown", line.destination());
    }

    static String path(DestinationId destination, String eventId) {
        return WebhookPages.PATH + "/" + destination + "/deliveries/" + eventId;
    }

    @GetMapping("/deliveries/{event_id}")
    ModelAndView one(
            PortalUser user,
            @PathVariable("destination_id") DestinationId id,
            @PathVariable("event_id") String eventId,
            HttpServletRequest request) {
        ModelAndView page = page("delivery", user, health.get(user.merchant(), id));
        Delivery delivery = deliveries.get(user.merchant(), id, eventId);
        String body = Objects.requireNonNull(delivery.payload());
        return page.addObject("delivery", delivery)
                .addObject("bytes", body.getBytes(StandardCharsets.UTF_8).length)
                .addObject(
                        "api",
                        url.of(
                                request,
                                "/kassa/v1/webhook-destinations/"
                                        + id
                                        + "/deliveries/"
                                        + delivery.eventId()
                                        + "/resend"));
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/deliveries/{event_id}/resend")
    ModelAndView resend(
            PortalUser user,
            @PathVariable("destination_id") DestinationId id,
            @PathVariable("event_id") String eventId) {
        Delivery queued = deliveries.resend(user.merchant(), id, eventId);
        return new ModelAndView("redirect:" + path(id, queued.eventId()));
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/test")
    ModelAndView test(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        return new ModelAndView("redirect:" + path(id, deliveries.test(user.merchant(), id)));
    }

    /** From the last event that arrived, which is where something may have begun to be missed. */
    @Requires(Permission.WEBHOOKS_MANAGE)
    @GetMapping("/resend")
    ModelAndView stretch(PortalUser user, @PathVariable("destination_id") DestinationId id) {
        DestinationHealth.Line line = health.get(user.merchant(), id);
        Instant arrived = line.lastDeliveredAt();
        String from =
                PortalFormats.field(arrived == null ? line.destination().createdAt() : arrived);
        return stretch(user, line, new Typed(from, "", null), FormFaults.NONE);
    }

    private ModelAndView stretch(
            PortalUser user, DestinationHealth.Line line, Typed typed, FormFaults faults) {
        return page("webhook-resend", user, line)
                .addObject("typed", typed)
                .addObject("faults", faults);
    }

    /** A stretch of time as somebody types it, in UTC. */
    record Typed(@Nullable String from, @Nullable String to, @Nullable String deliveredToo) {
        JsonObject fields() {
            Map<String, Object> fields = new HashMap<>();
            fields.put("include_delivered", deliveredToo != null);
            put(fields, "from", from);
            put(fields, "to", to);
            return JsonObject.of(fields);
        }

        private static void put(Map<String, Object> fields, String field, @Nullable String typed) {
            if (typed != null && !typed.isEmpty()) {
                fields.put(field, typed + "Z");
            }
        }
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/resend")
    ModelAndView resendStretch(
            PortalUser user, @PathVariable("destination_id") DestinationId id, Typed typed) {
        int queued;
        try {
            queued = deliveries.resend(user.merchant(), id, DeliveryLog.Stretch.of(typed.fields()));
        } catch (Problem problem) {
            if (problem.errors().isEmpty()) {
                throw problem;
            }
            ModelAndView again =
                    stretch(user, health.get(user.merchant(), id), typed, FormFaults.of(problem));
            again.setStatus(HttpStatus.BAD_REQUEST);
            return again;
        }
        return new ModelAndView("redirect:" + WebhookPages.PATH + "/" + id + "?queued=" + queued);
    }
}
