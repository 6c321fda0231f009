package dev.kassa.signin;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.Users;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.stereotype.Component;
import org.springframework.web.util.WebUtils;

/** Keeps who is signed in: in {@link PortalSessions}, and a token in the browser's cookie. */
@Component
public final class SessionCookie implements SecurityContextRepository, LogoutHandler {
    private static final String OWES_FACTOR = SessionCookie.class.getName() + ".owesFactor";

    private final PortalSessions sessions;
    private final SecondFactors factors;
    private final Users users;

    SessionCookie(PortalSessions sessions, SecondFactors factors, Users users) {
        this.sessions = sessions;
        this.factors = factors;
        this.users = users;
    }

    /** With HTTPS no other host of the domain, and no page over plain HTTP, can set it. */
    private static String name(HttpServletRequest request) {
        return request.isSecure() ? "__Host-kassa_portal" : "kassa_portal";
    }

    @Override
    @Deprecated
    public SecurityContext loadContext(HttpRequestResponseHolder holder) {
        return load(holder.getRequest());
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new Once(request);
    }

    /** Looks once, when somebody asks. */
    private final class Once implements DeferredSecurityContext {
        private final HttpServletRequest request;
        private @Nullable SecurityContext loaded;

        Once(HttpServletRequest request) {
            this.request = request;
        }

        @Override
        public SecurityContext get() {
            SecurityContext own = loaded;
            if (own == null) {
                own = load(request);
                loaded = own;
            }
            return own;
        }

        @Override
        public boolean isGenerated() {
            return get().getAuthentication() == null;
        }
    }

    private SecurityContext load(HttpServletRequest request) {
        // Who has shown the password alone is nobody yet.
        return any(request)
                .filter(signedIn -> !awaitsFactor(signedIn))
                .<SecurityContext>map(SecurityContextImpl::new)
                .orElseGet(SecurityContextHolder::createEmptyContext);
    }

    /** Whose session this is, whatever it opens. */
    private Optional<SignedIn> any(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, name(request));
        return cookie == null
                ? Optional.empty()
                : sessions.find(cookie.getValue(), !isLive(request))
                        .flatMap(found ->
                                users.find(found.userName())
                                        .map(user -> new SignedIn(user, found)));
    }

    /** Whether a page asks by itself, without anybody who did something. */
    public static boolean isLive(HttpServletRequest request) {
        return request.getHeader("HX-Request") != null
                || request.getServletPath().equals("/portal/live");
    }

    private static boolean awaitsFactor(SignedIn signedIn) {
        PortalSessions.Found session = signedIn.session();
        return session != null && session.awaitsFactor();
    }

    /** Whose password was right in this browser, and who has not shown the second factor yet. */
    public Optional<SignedIn> awaitsFactor(HttpServletRequest request) {
        return any(request).filter(SessionCookie::awaitsFactor);
    }

    /** A new sign-in is a new session, so that nobody's token from before is worth anything. */
    @Override
    public void saveContext(
            SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        if (context.getAuthentication() instanceof SignedIn signedIn
                && signedIn.session() == null) {
            var _ = signIn(signedIn.user(), request, response);
        }
    }

    /**
     * Signs in whose password was right. If they have a second factor they are to show it first.
     *
     * @return whether they are in
     */
    public boolean signIn(
            PortalUser user, HttpServletRequest request, HttpServletResponse response) {
        if (factors.state(user).isEmpty()) {
            signInFully(user, request, response);
            return true;
        }
        set(
                request,
                response,
                sessions.openAwaitingFactor(user, browser(request)),
                PortalSessions.LIFE.toSeconds());
        request.setAttribute(OWES_FACTOR, true);
        return false;
    }

    /** Whether the sign-in of this request is to go on with the second factor. */
    public static boolean owesFactor(HttpServletRequest request) {
        return request.getAttribute(OWES_FACTOR) != null;
    }

    /** Signs in who showed all there is to show; what waited for it in this browser is over. */
    public void signInFully(
            PortalUser user, HttpServletRequest request, HttpServletResponse response) {
        any(request)
                .filter(SessionCookie::awaitsFactor)
                .map(SignedIn::session)
                .ifPresent(waiting -> {
                    var _ = sessions.endAwaitingFactor(waiting.id());
                });
        try (var _ = as(user, request)) {
            String token = sessions.open(user, browser(request));
            set(request, response, token, PortalSessions.LIFE.toSeconds());
        }
    }

    private static PortalSessions.Browser browser(HttpServletRequest request) {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        return new PortalSessions.Browser(request.getRemoteAddr(), agent == null ? "" : agent);
    }

    /** On whose behalf a sign-in is written down, while nobody is signed in. */
    public static Principal.Scope as(PortalUser user, HttpServletRequest request) {
        return Principal.as(
                new Principal(
                        user.merchant(),
                        new Actor(Actor.Kind.USER, user.email()),
                        Set.of(),
                        request.getRemoteAddr()));
    }

    private static void set(
            HttpServletRequest request, HttpServletResponse response, String value, long seconds) {
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(name(request), value)
                        .path("/")
                        .httpOnly(true)
                        .secure(request.isSecure())
                        .sameSite("Lax")
                        .maxAge(seconds)
                        .build()
                        .toString());
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return WebUtils.getCookie(request, name(request)) != null;
    }

    @Override
    public void logout(
            HttpServletRequest request,
            HttpServletResponse response,
            @Nullable Authentication authentication) {
        if (authentication instanceof SignedIn signedIn && signedIn.session() != null) {
            try (var _ = as(signedIn.user(), request)) {
                var _ = sessions.end(signedIn.user(), signedIn.session().id());
            }
        }
        set(request, response, "", 0);
        response.setHeader("Clear-Site-Data", "\"cache\", \"storage\"");
    }
}
