package dev.kassa.session;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sessions of the merchant API (contract 2.7). */
@RestController
final class SessionApi {
    private final Sessions sessions;

    SessionApi(Sessions sessions) {
        this.sessions = sessions;
    }

    @Operation(bodyBytes = Limits.SESSION_BODY_BYTES)
    @Requires(Permission.SESSIONS_CREATE)
    @PostMapping(path = "/ipp/v1/sessions", produces = MediaType.APPLICATION_JSON_VALUE)
    SessionView create(Merchant merchant, Query query, JsonObject body) {
        LocationId location = query.optional("location_id", "a UUID", LocationId::parse);
        body.faults().addAll(query.faults());
        return SessionView.of(sessions.create(merchant, body, location));
    }

    @Requires(Permission.SESSIONS_READ)
    @GetMapping(path = "/ipp/v1/sessions/{session_id}", produces = MediaType.APPLICATION_JSON_VALUE)
    SessionView get(Merchant merchant, @PathVariable("session_id") SessionId session) {
        return SessionView.of(sessions.get(merchant.id(), session));
    }

    @Operation(callsProvider = true)
    @Requires(Permission.SESSIONS_CANCEL)
    @PutMapping(
            path = "/ipp/v1/sessions/{session_id}/cancel",
            produces = MediaType.APPLICATION_JSON_VALUE)
    SessionView cancel(Merchant merchant, @PathVariable("session_id") SessionId session) {
        return SessionView.of(sessions.cancel(sessions.get(merchant.id(), session)));
    }
}
