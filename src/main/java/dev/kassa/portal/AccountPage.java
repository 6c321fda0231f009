package dev.kassa.portal;

import dev.kassa.access.NoCredential;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.pos.QrCodeSvg;
import dev.kassa.signin.PortalSessions;
import dev.kassa.signin.SecondFactors;
import dev.kassa.signin.SignedIn;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Where a user is signed in, and their second factor. */
@Controller
@NoCredential(why = "Needs no permission, only a sign-in: it shows and changes the user's own.")
final class AccountPage {
    private static final String ACCOUNT = "/portal/account";

    private final PortalView view;
    private final PortalSessions sessions;
    private final SecondFactors factors;

    AccountPage(PortalView view, PortalSessions sessions, SecondFactors factors) {
        this.view = view;
        this.sessions = sessions;
        this.factors = factors;
    }

    @GetMapping(ACCOUNT)
    ModelAndView account(PortalUser user) {
        return view.page("account", PortalView.Entry.ACCOUNT, user)
                .addObject("factor", factors.state(user).orElse(null))
                .addObject("signIns", sessions.list(user.email()))
                .addObject("own", own().map(PortalSessions.Found::id).orElse(null));
    }

    @PostMapping(ACCOUNT + "/sessions/{id}/end")
    ModelAndView end(PortalUser user, @PathVariable("id") UUID id) {
        if (!sessions.end(user, id)) {
            throw Problem.notFound("This sign-in has ended already.");
        }
        return new ModelAndView("redirect:" + ACCOUNT);
    }

    private static Optional<PortalSessions.Found> own() {
        return SignedIn.now().map(SignedIn::session);
    }

    /** Shows a new app's secret. Changes nothing yet. */
    @StepUp
    @PostMapping(ACCOUNT + "/app")
    ModelAndView offerApp(PortalUser user) {
        return offer(user, factors.newApp(user), null);
    }

    private ModelAndView offer(PortalUser user, SecondFactors.NewApp app, @Nullable String fault) {
        String svg = QrCodeSvg.of(app.uri());
        return view.page("account-app", PortalView.Entry.ACCOUNT, user)
                .addObject("app", app)
                .addObject(
                        "qr",
                        "data:image/svg+xml;base64,"
                                + Base64.getEncoder()
                                        .encodeToString(svg.getBytes(StandardCharsets.UTF_8)))
                .addObject("fault", fault);
    }

    @StepUp
    @PostMapping(ACCOUNT + "/app/code")
    ModelAndView addApp(
            PortalUser user,
            @RequestParam(name = "app", defaultValue = "") String sealed,
            @RequestParam(name = "code", defaultValue = "") String code) {
        try {
            return codes(user, factors.addApp(user, sealed, code));
        } catch (Problem refused) {
            if (!refused.errors().containsKey("code")) {
                throw refused;
            }
            ModelAndView again =
                    offer(
                            user,
                            factors.sameApp(user, sealed),
                            String.valueOf(refused.errors().get("code")));
            again.setStatus(HttpStatus.BAD_REQUEST);
            return again;
        }
    }

    @StepUp
    @PostMapping(ACCOUNT + "/recovery-codes")
    ModelAndView newCodes(PortalUser user) {
        return codes(user, factors.newRecoveryCodes(user));
    }

    private ModelAndView codes(PortalUser user, List<String> codes) {
        return view.page("account-codes", PortalView.Entry.ACCOUNT, user).addObject("codes", codes);
    }

    @StepUp
    @PostMapping(ACCOUNT + "/app/remove")
    ModelAndView removeApp(PortalUser user) {
        factors.remove(user);
        return new ModelAndView("redirect:" + ACCOUNT);
    }
}
