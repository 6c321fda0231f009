package dev.kassa.device;

import dev.kassa.http.Problems;
import dev.kassa.kernel.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets a request into the POS API only with a device's bearer token, save for the pairing itself.
 */
@Component
final class DeviceTokenFilter extends OncePerRequestFilter {
    private static final String SCHEME = "Bearer ";

    private final Devices devices;

    DeviceTokenFilter(Devices devices) {
        this.devices = devices;
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
        Optional<Device> device =
                Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                        .filter(h -> h.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                        .flatMap(h -> devices.authenticate(h.substring(SCHEME.length()).strip()));
        if (device.isEmpty()) {
            Problem refused =
                    Problem.unauthorized(
                            "Access Denied: send the device's token as 'Authorization: Bearer"
                                    + " <token>'; pair the device again if it has none.");
            Problems.write(refused, request, response);
            return;
        }
        request.setAttribute(DeviceArgument.ATTRIBUTE, device.get());
        chain.doFilter(request, response);
    }
}
