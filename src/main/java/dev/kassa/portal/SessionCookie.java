package dev.kassa.portal;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.Users;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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
final class SessionCookie implements SecurityContextRepository, LogoutHandler {
    private final PortalSessions sessions;
    private final Users users;

    SessionCookie(PortalSessions sessions, Users users) {
        this.sessions = sessions;
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
        return find(request)
                .<SecurityContext>map(SecurityContextImpl::new)
                .orElseGet(SecurityContextHolder::createEmptyContext);
    }

    private Optional<SignedIn> find(HttpServletRequest request) {
        Cookie cookie = WebUtils.getCookie(request, name(request));
        return cookie == null
                ? Optional.empty()
                : sessions.find(cookie.getValue())
                        .flatMap(found ->
                                users.find(found.userName())
                                        .map(user -> new SignedIn(user, found.id())));
    }

    /** A new sign-in is a new session, so that nobody's token from before is worth anything. */
    @Override
    public void saveContext(
            SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
        if (context.getAuthentication() instanceof SignedIn signedIn
                && signedIn.session() == null) {
            String agent = request.getHeader(HttpHeaders.USER_AGENT);
            try (var _ = as(signedIn.user(), request)) {
                String token =
                        sessions.open(
                                signedIn.user(),
                                request.getRemoteAddr(),
                                agent == null ? "" : agent);
                set(request, response, token, PortalSessions.LIFE.toSeconds());
            }
        }
    }

    private static Principal.Scope as(PortalUser user, HttpServletRequest request) {
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
        if (authentication instanceof SignedIn signedIn) {
            UUID session = signedIn.session();
            if (session != null) {
                try (var _ = as(signedIn.user(), request)) {
                    var _ = sessions.end(signedIn.user(), session);
                }
            }
        }
        set(request, response, "", 0);
        response.setHeader("Clear-Site-Data", "\"cache\", \"storage\"");
    }
}
