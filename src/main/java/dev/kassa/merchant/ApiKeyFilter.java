package dev.kassa.merchant;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.http.AuthenticatedArgument;
import dev.kassa.http.BasicCredentials;
import dev.kassa.http.Problems;
import dev.kassa.http.Tenant;
import dev.kassa.kernel.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a request into the merchant API only with a valid API key, before anything else is looked
 * at.
 */
@Component
@Order(10)
final class ApiKeyFilter extends OncePerRequestFilter {
    /** Lets operations take a {@link Merchant}. */
    @Configuration(proxyBeanMethods = false)
    static class Argument {
        @Bean
        AuthenticatedArgument merchantArgument() {
            return new AuthenticatedArgument(Merchant.class, "API key");
        }
    }

    private final ApiKeys keys;

    ApiKeyFilter(ApiKeys keys) {
        this.keys = keys;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        // Decoded, as the dispatcher matches it: /%69pp/v1 must not slip past.
        String path = request.getServletPath();
        return !(path.startsWith("/ipp/")
                || path.startsWith("/ordermanagement/")
                || path.startsWith("/kassa/"));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ApiKeys.Authenticated known;
        try {
            String header = request.getHeader(HttpHeaders.AUTHORIZATION);
            known = keys.authenticate(BasicCredentials.parse(header), request.getRemoteAddr());
        } catch (Problem refused) {
            Problems.write(refused, request, response);
            return;
        }
        AuthenticatedArgument.set(request, known.merchant());
        Principal.attach(
                request,
                new Principal(
                        known.merchant().id(),
                        new Actor(Actor.Kind.API_KEY, known.username()),
                        known.permissions(),
                        request.getRemoteAddr()));
        Tenant.set(request, known.merchant().id());
        chain.doFilter(request, response);
    }
}
