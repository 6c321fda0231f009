package dev.kassa.http;

import dev.kassa.database.DatabaseSettings;
import dev.kassa.database.WorkContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives each request its deadline at the database, and its share of the pool. Authentication adds
 * whose it is ({@link Tenant}). A stream or a long poll has no deadline as a whole.
 */
@Component
@Order(1)
final class WorkContextFilter extends OncePerRequestFilter {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final Duration DAY = Duration.ofDays(1);

    private final Duration patience;

    WorkContextFilter(DatabaseSettings settings) {
        this.patience = settings.timeouts().request();
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        WorkContext context =
                WorkContext.of(
                        READS.contains(request.getMethod())
                                ? WorkContext.Use.READ
                                : WorkContext.Use.WRITE,
                        null,
                        Operation.Declared.of(request).longLived() ? DAY : patience);
        try (var _ = context.open()) {
            chain.doFilter(request, response);
        }
    }
}
