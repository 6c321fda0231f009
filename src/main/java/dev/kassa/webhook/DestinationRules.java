package dev.kassa.webhook;

import dev.kassa.event.EventType;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Problem;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What a destination may be, whoever asks for it: the API or a form of the portal. */
@Component
public final class DestinationRules {
    /** What a destination may tick: all we send, and what Kustom documents and we never send. */
    public static final List<String> TYPES =
            Stream.concat(
                            Stream.of(EventType.values())
                                    .filter(type -> type != EventType.TEST)
                                    .map(EventType::wire),
                            Stream.of("dispute.created", "dispute.updated"))
                    .sorted()
                    .toList();

    private final AddressGuard guard;
    private final Mode mode;

    DestinationRules(AddressGuard guard, Mode mode) {
        this.guard = guard;
        this.mode = mode;
    }

    /**
     * What somebody wants a destination to be.
     *
     * @throws Problem INVALID with what is wrong, by field
     */
    public Destination.Configuration wish(JsonObject body) {
        String name = body.requiredText("name", Limits.DESTINATION_NAME_CHARS);
        URI url = url(body);
        List<String> types = body.optionalTexts("event_types", new LinkedHashSet<>(TYPES));
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
                            : fault(url);
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

    /**
     * What is wrong with a URL as a destination's, in words; null when nothing is. Asks no name
     * server: a name is checked each time it is connected to.
     */
    public @Nullable String fault(URI url) {
        String scheme = String.valueOf(url.getScheme());
        if (mode == Mode.PRODUCTION && !scheme.equals("https")) {
            return "must begin with https:// in production";
        }
        if (!scheme.equals("https") && !scheme.equals("http")) {
            return "must begin with https:// or http://";
        }
        Optional<String> host = DestinationUrl.host(url);
        if (host.isEmpty()) {
            return "must be a URL such as https://example.com/webhooks";
        }
        if (!DestinationUrl.hasUsablePort(url)) {
            return "must name a port from 1 to 65535, or none";
        }
        if (url.getRawFragment() != null) {
            return "must hold no fragment: what follows a # is never sent";
        }
        if (url.getRawUserInfo() != null) {
            return "must hold no user name or password";
        }
        boolean allowed = AddressGuard.literal(host.get()).map(guard::allows).orElse(true);
        return allowed ? null : "must name a host on the public internet";
    }
}
