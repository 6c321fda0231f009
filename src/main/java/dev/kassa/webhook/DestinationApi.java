package dev.kassa.webhook;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Query;
import dev.kassa.kernel.DestinationId;
import dev.kassa.merchant.Merchant;
import dev.kassa.paging.Page;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Webhook destinations of the own API ({@code kassa.yaml}). */
@RestController
@Requires(Permission.WEBHOOKS_MANAGE)
final class DestinationApi {
    private static final String PATH = "/kassa/v1/webhook-destinations";
    private static final String ONE = PATH + "/{id}";
    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

    private final Destinations destinations;
    private final DestinationRules rules;

    DestinationApi(Destinations destinations, DestinationRules rules) {
        this.destinations = destinations;
        this.rules = rules;
    }

    @Requires(Permission.WEBHOOKS_READ)
    @GetMapping(path = PATH, produces = JSON)
    Page<Destination> list(Merchant merchant, Query query) {
        var paging = query.paging();
        query.refuseOthers();
        query.throwIfAny();

        return destinations.list(merchant.id(), paging);
    }

    @PostMapping(path = PATH, produces = JSON)
    @ResponseStatus(HttpStatus.CREATED)
    Destination create(Merchant merchant, JsonObject body) {
        return destinations.create(merchant.id(), rules.wish(body));
    }

    @Requires(Permission.WEBHOOKS_READ)
    @GetMapping(path = ONE, produces = JSON)
    Destination get(Merchant merchant, @PathVariable("id") DestinationId id) {
        return destinations.get(merchant.id(), id);
    }

    @PutMapping(path = ONE, produces = JSON)
    Destination replace(Merchant merchant, @PathVariable("id") DestinationId id, JsonObject body) {
        return destinations.replace(merchant.id(), id, rules.wish(body));
    }

    @DeleteMapping(ONE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(Merchant merchant, @PathVariable("id") DestinationId id) {
        destinations.delete(merchant.id(), id);
    }

    @PostMapping(path = ONE + "/rotate", produces = JSON)
    Destination rotate(Merchant merchant, @PathVariable("id") DestinationId id) {
        return destinations.rotate(merchant.id(), id);
    }

    @PostMapping(path = ONE + "/reveal", produces = JSON)
    Destination reveal(Merchant merchant, @PathVariable("id") DestinationId id) {
        return destinations.reveal(merchant.id(), id);
    }
}
