package dev.kassa.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Has TRACE refused like any method that an address does not take, with the address' own {@code
 * Allow}. Tomcat would name the servlet's methods, and the servlet would answer with the request,
 * its credentials included.
 */
@Component
@Order(-1)
final class TraceMethod extends OncePerRequestFilter {
    private static final String TRACE = "TRACE";

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !TRACE.equalsIgnoreCase(request.getMethod());
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(new Unknown(request), response);
    }

    /** Under a name that no servlet knows. */
    private static final class Unknown extends HttpServletRequestWrapper {
        Unknown(HttpServletRequest request) {
            super(request);
        }

        @Override
        public String getMethod() {
            return "UNKNOWN";
        }
    }
}
