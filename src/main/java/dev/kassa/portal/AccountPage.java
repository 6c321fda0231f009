package dev.kassa.portal;

import dev.kassa.access.NoCredential;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import java.util.UUID;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;

/** Where a user is signed in, and the end of it. */
@Controller
@NoCredential(why = "Needs no permission, only a sign-in: it shows and ends the user's own.")
final class AccountPage {
    private final PortalView view;
    private final PortalSessions sessions;

    AccountPage(PortalView view, PortalSessions sessions) {
        this.view = view;
        this.sessions = sessions;
    }

    @GetMapping("/portal/account")
    ModelAndView account(PortalUser user) {
        return view.page("account", PortalView.Entry.ACCOUNT, user)
                .addObject("signIns", sessions.list(user.email()))
                .addObject("own", own());
    }

    @PostMapping("/portal/account/sessions/{id}/end")
    ModelAndView end(PortalUser user, @PathVariable("id") UUID id) {
        if (!sessions.end(user, id)) {
            throw Problem.notFound("This sign-in has ended already.");
        }
        return new ModelAndView("redirect:/portal/account");
    }

    private static String own() {
        return SecurityContextHolder.getContext().getAuthentication() instanceof SignedIn signedIn
                ? String.valueOf(signedIn.session())
                : "";
    }
}
