package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.Operation;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.SessionId;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import dev.kassa.support.SessionSearch;
import dev.kassa.support.TimelineEntry;
import dev.kassa.support.Timelines;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The merchant's sessions: found, and each with everything that happened to it. */
@Controller
@Requires(Permission.SESSIONS_READ)
final class SessionPages {
    private static final int PAGE = 50;

    private final PortalView view;
    private final SessionSearch search;
    private final Sessions sessions;
    private final Timelines timelines;
    private final Locations locations;

    SessionPages(
            PortalView view,
            SessionSearch search,
            Sessions sessions,
            Timelines timelines,
            Locations locations) {
        this.view = view;
        this.search = search;
        this.sessions = sessions;
        this.timelines = timelines;
        this.locations = locations;
    }

    @GetMapping("/portal/sessions")
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "q", defaultValue = "") String text,
            @RequestParam(name = "status", defaultValue = "") String status,
            @RequestParam(name = "before", required = false) @Nullable String before) {
        return list(user, SessionSearch.Query.of(text, status, before));
    }

    private ModelAndView list(PortalUser user, SessionSearch.Query query) {
        return view.page("sessions", PortalView.Entry.SESSIONS, user)
                .addObject("query", query)
                .addObject("statuses", SessionSearch.STATUSES)
                .addObject("exported", Limits.EXPORT_LINES)
                .addObject("page", search.find(user.merchant(), query, PAGE));
    }

    /** The same page again, for its script: as its sessions are now, and how many are newer. */
    @GetMapping("/portal/sessions/live")
    ModelAndView live(
            PortalUser user,
            @RequestParam(name = "q", defaultValue = "") String text,
            @RequestParam(name = "status", defaultValue = "") String status,
            @RequestParam(name = "until", defaultValue = "") String first) {
        SessionSearch.Query query = SessionSearch.Query.of(text, status, null).until(first);
        return list(user, query).addObject("newer", search.newer(user.merchant(), query, PAGE));
    }

    @GetMapping("/portal/sessions/{session_id}")
    ModelAndView one(PortalUser user, @PathVariable("session_id") SessionId id) {
        Session session = sessions.get(user.merchant(), id);
        List<TimelineEntry> entries =
                user.role().permissions().contains(Permission.TIMELINES_READ)
                        ? timelines.of(user.merchant(), id)
                        : List.of();
        boolean mayCancel = user.role().permissions().contains(Permission.SESSIONS_CANCEL);
        ZoneId zone = locations.get(user.merchant(), session.locationId()).timeZone();
        return view.page("session", PortalView.Entry.SESSIONS, user)
                .addObject("f", view.formats(zone))
                .addObject("shown", session)
                .addObject("unknown", isUnknown(user.merchant(), id))
                .addObject("cancellable", mayCancel && !session.status().isFinal())
                .addObject("entries_of_timeline", entries);
    }

    private boolean isUnknown(MerchantId merchant, SessionId id) {
        SessionSearch.Query query = SessionSearch.Query.of(id.toString(), "", null);
        return search.find(merchant, query, 1).found().stream()
                .anyMatch(SessionSearch.Found::unknown);
    }

    @Operation(callsProvider = true)
    @Requires(Permission.SESSIONS_CANCEL)
    @PostMapping("/portal/sessions/{session_id}/cancel")
    ModelAndView cancel(PortalUser user, @PathVariable("session_id") SessionId id) {
        var _ = sessions.cancel(sessions.get(user.merchant(), id));
        return new ModelAndView("redirect:/portal/sessions/" + id);
    }
}
