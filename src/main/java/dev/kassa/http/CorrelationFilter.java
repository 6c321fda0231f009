package dev.kassa.http;

import dev.kassa.database.SqlErrors;
import dev.kassa.kernel.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, told in the answer's {@code correlation-id} header and in each log
 * line.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class CorrelationFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(CorrelationFilter.class);

    static final String HEADER = "correlation-id";

    /** Clients of Order Management look for it under its older name, and by case. */
    private static final String OLDER_HEADER = "Klarna-Correlation-Id";

    private final ApiRoot.All roots;
    private final SecurityHeaders security;

    CorrelationFilter(ApiRoot.All roots, SecurityHeaders security) {
        this.roots = roots;
        this.security = security;
    }

    /** Tells the id, under the names that an API of this shape has for it. */
    static void tell(HttpServletResponse response, String id, ErrorShape shape) {
        response.setHeader(HEADER, id);
        if (shape == ErrorShape.ERROR_CODE) {
            response.setHeader(OLDER_HEADER, id);
        }
    }

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
        security.set(response, request.isSecure());
        tell(response, id, roots.find(request).errors());
        MDC.put(HEADER, id);
        try {
            chain.doFilter(request, response);
        } catch (Problem refused) {
            // From a filter, where no operation's handler looks: too many wrong credentials.
            Problems.write(refused, request, response);
        } catch (DataAccessException | TransactionException e) {
            // From a filter, where no operation's handler looks: authentication or idempotency.
            LOG.warn("{}: {}", LoggedRequest.of(request), SqlErrors.reason(e));
            Problems.write(Problems.ofDatabase(e), request, response);
        } finally {
            MDC.remove(HEADER);
        }
    }
}
