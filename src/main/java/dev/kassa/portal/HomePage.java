package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.merchant.PortalUser;
import dev.kassa.support.SessionSearch;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/** What needs a person, then what was sold last. */
@Controller
@Requires(Permission.SESSIONS_READ)
final class HomePage {
    private static final int LATEST = 10;

    private final PortalView view;
    private final SessionSearch sessions;

    HomePage(PortalView view, SessionSearch sessions) {
        this.view = view;
        this.sessions = sessions;
    }

    @GetMapping("/portal")
    ModelAndView home(PortalUser user) {
        return view.page("home", PortalView.Entry.HOME, user)
                .addObject("unknown", sessions.unknown(user.merchant(), LATEST))
                .addObject("sales", sessions.salesOfLastDay(user.merchant()))
                .addObject(
                        "latest",
                        sessions.find(user.merchant(), SessionSearch.Query.NONE, LATEST).found());
    }
}
