package dev.kassa.portal;

import dev.kassa.http.JsonObject;
import dev.kassa.webhook.Destination;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.BindParam;

/**
 * A destination as somebody types it.
 *
 * @param scope {@code all} documented events, or {@code some} types
 * @param enabled null for not
 * @param seen which version of the destination its reader saw; empty of a new one
 */
record DestinationForm(
        @Nullable String name,
        @Nullable String url,
        @Nullable String scope,
        @BindParam("event_types") @Nullable List<String> eventTypes,
        @Nullable String enabled,
        @Nullable String seen) {
    private static final String SOME = "some";

    /** Of a new one, before anything is typed. */
    static final DestinationForm EMPTY = new DestinationForm("", "", "all", null, "on", "");

    /** Of one that is there. */
    static DestinationForm of(Destination known) {
        return new DestinationForm(
                known.name(),
                known.url().toString(),
                known.eventTypes() == null ? "all" : SOME,
                known.eventTypes(),
                known.enabled() ? "on" : null,
                known.updatedAt().toString());
    }

    /** The same, of a reader who has now seen this version. */
    DestinationForm at(Destination known) {
        return new DestinationForm(
                name, url, scope, eventTypes, enabled, known.updatedAt().toString());
    }

    /** Whether it asks for types by name. */
    public boolean isSome() {
        return SOME.equals(scope);
    }

    /** Whether this type is ticked. */
    public boolean ticks(String type) {
        return eventTypes != null && eventTypes.contains(type);
    }

    /** As the API would be asked for it. */
    JsonObject fields() {
        Map<String, Object> fields = new HashMap<>();
        fields.put("name", name == null ? "" : name);
        fields.put("url", url == null ? "" : url);
        fields.put("enabled", enabled != null);
        if (isSome()) {
            fields.put("event_types", eventTypes == null ? List.of() : eventTypes);
        }
        return JsonObject.of(fields);
    }

    /** When the destination that its reader saw was changed last; null for any. */
    @Nullable Instant version() {
        return version(seen);
    }

    /** What is no version is one that is not there any more. */
    static @Nullable Instant version(@Nullable String seen) {
        if (seen == null || seen.isEmpty()) {
            return null;
        }
        try {
            return Instant.parse(seen);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
