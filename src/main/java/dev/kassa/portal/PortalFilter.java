package dev.kassa.portal;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.http.AuthenticatedArgument;
import dev.kassa.http.Tenant;
import dev.kassa.merchant.PortalUser;
import dev.kassa.signin.SignedIn;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Who is signed in becomes the principal of the request. Sets what all pages have in common. */
@Component
@Order(12)
final class PortalFilter extends OncePerRequestFilter {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self';"
                    + " img-src 'self' data:; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'";

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getServletPath();
        return !path.equals("/portal") && !path.startsWith("/portal/");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Content-Security-Policy", POLICY);
        if (!request.getServletPath().startsWith("/portal/assets/")) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        Optional<SignedIn> signedIn = SignedIn.now();
        if (signedIn.isPresent()) {
            set(request, signedIn.get().user());
        }
        chain.doFilter(request, response);
    }

    private static void set(HttpServletRequest request, PortalUser user) throws IOException {
        AuthenticatedArgument.set(request, user);
        Principal.attach(
                request,
                new Principal(
                        user.merchant(),
                        new Actor(Actor.Kind.USER, user.email()),
                        user.role().permissions(),
                        request.getRemoteAddr()));
        Tenant.set(request, user.merchant());
    }
}
