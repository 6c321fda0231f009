package dev.kassa.device;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.access.Role;
import dev.kassa.http.AuthenticatedArgument;
import dev.kassa.http.Problems;
import dev.kassa.http.Tenant;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a request into the POS API only with a device's bearer token, save for the pairing itself.
 */
@Component
@Order(11)
public final class DeviceTokenFilter extends OncePerRequestFilter {
    private static final String SCHEME = "Bearer ";

    /** Lets operations take a {@link Device}. */
    @Configuration(proxyBeanMethods = false)
    static class Argument {
        @Bean
        AuthenticatedArgument deviceArgument() {
            return new AuthenticatedArgument(Device.class, "bearer token of a device");
        }
    }

    private final Devices devices;

    DeviceTokenFilter(Devices devices) {
        this.devices = devices;
    }

    /** Of the token of an {@code Authorization: Bearer …} header, as the device's row keeps it. */
    public static Optional<String> tokenHash(String header) {
        return token(header).map(Secrets::hash);
    }

    private static Optional<String> token(@Nullable String header) {
        return Optional.ofNullable(header)
                .filter(h -> h.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(h -> h.substring(SCHEME.length()).strip());
    }

    private static Problem denied(@Nullable String header) {
        String why;
        if (header == null) {
            why = "there is no Authorization header";
        } else if (token(header).isEmpty()) {
            why = "the Authorization header does not begin with the word Bearer and a blank";
        } else {
            why =
                    "this token is not known here; the device was deregistered or paired again, or it"
                            + " is no device's token";
        }
        return Problem.unauthorized(
                "Access Denied: "
                        + why
                        + ". Send the device's token as 'Authorization: Bearer <token>', or pair the"
                        + " device again.");
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        // Decoded, as the dispatcher matches it: /%69pp/v1 must not slip past.
        String path = request.getServletPath();
        return !path.startsWith("/pos/v1/") || path.equals("/pos/v1/devices");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        Optional<Device> device =
                token(header)
                        .flatMap(token -> devices.authenticate(token, request.getRemoteAddr()));
        if (device.isEmpty()) {
            Problems.write(denied(header), request, response);
            return;
        }
        AuthenticatedArgument.set(request, device.get());
        Principal.attach(
                request,
                new Principal(
                        device.get().merchantId(),
                        new Actor(Actor.Kind.DEVICE, device.get().id().toString()),
                        Role.DEVICE,
                        request.getRemoteAddr()));
        Tenant.set(request, device.get().merchantId());
        chain.doFilter(request, response);
    }
}
