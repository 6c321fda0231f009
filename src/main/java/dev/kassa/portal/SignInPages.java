package dev.kassa.portal;

import dev.kassa.access.NoCredential;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.Users;
import dev.kassa.signin.Passkeys;
import dev.kassa.signin.SecondFactors;
import dev.kassa.signin.SecondFactors.Verdict;
import dev.kassa.signin.SessionCookie;
import dev.kassa.signin.SignedIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The way in: by password, by an invitation's link, or into a playground by one click. */
@Controller
@NoCredential(why = "Whoever is not signed in signs in here.")
final class SignInPages {
    /** Whom a playground is seeded with. */
    private static final String SEEDED = "owner";

    private final PortalView view;
    private final SessionCookie cookie;
    private final SecondFactors factors;
    private final Passkeys passkeys;
    private final Users users;

    SignInPages(
            PortalView view,
            SessionCookie cookie,
            SecondFactors factors,
            Passkeys passkeys,
            Users users) {
        this.view = view;
        this.cookie = cookie;
        this.factors = factors;
        this.passkeys = passkeys;
        this.users = users;
    }

    @GetMapping(PortalSecurity.LOGIN)
    ModelAndView login(HttpServletRequest request) {
        String next = PortalSecurity.next(request);
        return view.alone("login")
                .addObject("next", next)
                .addObject("wrong", request.getParameter("wrong") != null)
                .addObject("slow", request.getParameter("slow") != null)
                .addObject("out", request.getParameter("out") != null)
                .addObject("ownPlayground", view.isOwnPlayground(request));
    }

    @PostMapping(PortalSecurity.LOGIN + "/playground")
    void playground(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!view.isOwnPlayground(request)) {
            throw Problem.notFound("Only a playground has this, for a browser on its own machine.");
        }
        PortalUser owner =
                users.find(SEEDED)
                        .orElseThrow(() -> Problem.notFound("The playground has no owner."));
        // Who is at the machine could read and write its database as well.
        cookie.signInFully(owner, request, response);
        response.sendRedirect(PortalSecurity.next(request));
    }

    @GetMapping(PortalSecurity.CODE)
    ModelAndView code(HttpServletRequest request) {
        return cookie.awaitsFactor(request)
                .map(waiting -> code(waiting, request, null))
                .orElseGet(() -> new ModelAndView("redirect:" + PortalSecurity.LOGIN));
    }

    private ModelAndView code(
            SignedIn waiting, HttpServletRequest request, @Nullable Verdict refused) {
        return view.alone("code")
                .addObject("next", PortalSecurity.next(request))
                .addObject("passkey", passkeys.ask(waiting, request).orElse(null))
                .addObject("refused", refused);
    }

    @PostMapping(PortalSecurity.CODE)
    ModelAndView code(
            @RequestParam(name = "code", defaultValue = "") String code,
            @RequestParam(name = "passkey", defaultValue = "") String passkey,
            HttpServletRequest request,
            HttpServletResponse response) {
        Optional<SignedIn> waiting = cookie.awaitsFactor(request);
        if (waiting.isEmpty()) {
            return new ModelAndView("redirect:" + PortalSecurity.LOGIN);
        }
        Verdict verdict = check(waiting.get(), code, passkey, request);
        if (verdict != Verdict.RIGHT) {
            ModelAndView again = code(waiting.get(), request, verdict);
            again.setStatus(HttpStatus.BAD_REQUEST);
            return again;
        }
        cookie.signInFully(waiting.get().user(), request, response);
        return new ModelAndView("redirect:" + PortalSecurity.next(request));
    }

    private Verdict check(
            SignedIn waiting, String code, String passkey, HttpServletRequest request) {
        if (!passkey.isEmpty()) {
            return passkeys.check(waiting, request, passkey)
                    ? Verdict.RIGHT
                    : Verdict.WRONG_PASSKEY;
        }
        try (var _ = SessionCookie.as(waiting.user(), request)) {
            return factors.check(waiting.user(), code);
        }
    }

    @GetMapping("/portal/invitation/{token}")
    ModelAndView invitation(@PathVariable("token") String token) {
        return invitation(token, null);
    }

    private ModelAndView invitation(String token, @Nullable String fault) {
        PortalUser invited =
                users.invited(token)
                        .orElseThrow(() ->
                                Problem.notFound(
                                        "This link was used or is over. Ask for a new one."));
        return view.alone("invitation")
                .addObject("invited", invited)
                .addObject("least", Users.LEAST_PASSWORD_CHARS)
                .addObject("fault", fault);
    }

    @PostMapping("/portal/invitation/{token}")
    ModelAndView accept(
            @PathVariable("token") String token,
            @RequestParam(name = "password", defaultValue = "") String password,
            HttpServletRequest request,
            HttpServletResponse response) {
        PortalUser user;
        try {
            user = users.acceptInvitation(token, password);
        } catch (Problem refused) {
            if (refused.errors().isEmpty()) {
                throw refused;
            }
            ModelAndView again = invitation(token, refused.code());
            again.setStatus(HttpStatus.BAD_REQUEST);
            return again;
        }
        var _ = cookie.signIn(user, request, response);
        return new ModelAndView("redirect:" + PortalSecurity.afterPassword(request));
    }
}
