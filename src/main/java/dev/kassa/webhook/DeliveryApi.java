package dev.kassa.webhook;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Query;
import dev.kassa.kernel.DestinationId;
import dev.kassa.merchant.Merchant;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The deliveries of a destination ({@code kassa.yaml}). */
@RestController
@Requires(Permission.WEBHOOKS_READ)
@RequestMapping(
        path = "/kassa/v1/webhook-destinations/{id}",
        produces = MediaType.APPLICATION_JSON_VALUE)
final class DeliveryApi {
    private final DeliveryLog log;

    DeliveryApi(DeliveryLog log) {
        this.log = log;
    }

    record Queued(int queued) {}

    record Sent(String eventId) {}

    @GetMapping("/deliveries")
    Delivery.Slice list(Merchant merchant, @PathVariable("id") DestinationId id, Query query) {
        String status =
                query.optional("status", "PENDING, DELIVERED or FAILED", DeliveryApi::status);
        Long before = query.optional("before", "the next of an earlier answer", Long::valueOf);
        int size = query.pageSize();
        query.refuseOthers();
        query.throwIfAny();

        return log.list(merchant.id(), id, status, before, size);
    }

    private static String status(String text) {
        if (!Delivery.STATUSES.contains(text)) {
            throw new IllegalArgumentException("no status");
        }
        return text;
    }

    @GetMapping("/deliveries/{event_id}")
    Delivery get(
            Merchant merchant,
            @PathVariable("id") DestinationId id,
            @PathVariable("event_id") String eventId) {
        return log.get(merchant.id(), id, eventId);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/deliveries/{event_id}/resend")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Delivery resend(
            Merchant merchant,
            @PathVariable("id") DestinationId id,
            @PathVariable("event_id") String eventId) {
        return log.resend(merchant.id(), id, eventId);
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/resend")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Queued resendRange(Merchant merchant, @PathVariable("id") DestinationId id, JsonObject body) {
        return new Queued(log.resend(merchant.id(), id, DeliveryLog.Stretch.of(body)));
    }

    @Requires(Permission.WEBHOOKS_MANAGE)
    @PostMapping("/test")
    @ResponseStatus(HttpStatus.ACCEPTED)
    Sent test(Merchant merchant, @PathVariable("id") DestinationId id) {
        return new Sent(log.test(merchant.id(), id));
    }
}
