package dev.kassa.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, told in the answer's {@code correlation-id} header and in each log
 * line.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class Correlation extends OncePerRequestFilter {
    static final String HEADER = "correlation-id";

    /** The id of this request. */
    static String id(HttpServletRequest request) {
        Object id = request.getAttribute(HEADER);
        return id == null ? "" : id.toString();
    }

    /** What the container refuses by itself comes here only on its way to the error page. */
    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String known = id(request);
        String id = known.isEmpty() ? UUID.randomUUID().toString() : known;
        request.setAttribute(HEADER, id);
        response.setHeader(HEADER, id);
        MDC.put(HEADER, id);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(HEADER);
        }
    }
}
