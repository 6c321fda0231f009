package dev.kassa.webhook;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.event.EventType;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Query;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Merchant;
import dev.kassa.paging.Page;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    /** What a destination may tick: all we send, and what Kustom documents and we never send. */
    private static final Set<String> TYPES =
            Stream.concat(
                            Stream.of(EventType.values())
                                    .filter(type -> type != EventType.TEST)
                                    .map(EventType::wire),
                            Stream.of("dispute.created", "dispute.updated"))
                    .collect(Collectors.toCollection(TreeSet::new));

    private final Destinations destinations;

    DestinationApi(Destinations destinations) {
        this.destinations = destinations;
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
        return destinations.create(merchant.id(), wish(body));
    }

    @Requires(Permission.WEBHOOKS_READ)
    @GetMapping(path = ONE, produces = JSON)
    Destination get(Merchant merchant, @PathVariable("id") DestinationId id) {
        return destinations.get(merchant.id(), id);
    }

    @PutMapping(path = ONE, produces = JSON)
    Destination replace(Merchant merchant, @PathVariable("id") DestinationId id, JsonObject body) {
        return destinations.replace(merchant.id(), id, wish(body));
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

    private Destination.Configuration wish(JsonObject body) {
        String name = body.requiredText("name", Limits.DESTINATION_NAME_CHARS);
        URI url = url(body);
        List<String> types = body.optionalTexts("event_types", TYPES);
        boolean enabled = body.flag("enabled", true);
        body.faults().throwIfAny();

        return new Destination.Configuration(name, url, types, enabled);
    }

    private URI url(JsonObject body) {
        String text = body.requiredText("url", Limits.URL_CHARS);
        URI url = URI.create("");
        @Nullable String fault = null;
        try {
            url = DestinationUrl.parse(text);
            fault =
                    url.toString().length() > Limits.URL_CHARS
                            ? "must have at most "
                                    + Limits.URL_CHARS
                                    + " characters once it is percent-encoded"
                            : destinations.fault(url);
        } catch (DestinationUrl.AmbiguousUrlException e) {
            fault = "must name its host in punycode (xn--...): clients read it in two ways";
        } catch (IllegalArgumentException e) {
            fault = "must be a URL such as https://example.com/webhooks";
        }
        if (fault != null && !text.isEmpty()) {
            body.fault("url", fault);
        }
        return url;
    }
}
