package dev.kassa.http;

import dev.kassa.database.FairQueue;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Finds the handler of a request before any other filter decides about it, and keeps what its
 * {@link Operation} declares. The dispatcher takes the handler from here and does not look again.
 * Gives back the room of its body, and its turn, when it has ended.
 *
 * <p>It refuses nothing. A path that is unknown, or that has another method, is refused by the
 * dispatcher after authentication, as without this filter.
 */
@Component
@Order(0)
final class OperationFilter extends OncePerRequestFilter {
    private static final Logger LOG = LoggerFactory.getLogger(OperationFilter.class);
    private static final String FOUND = OperationFilter.class.getName() + ".found";

    private final RequestMappingHandlerMapping handlers;
    private final BodyBudget bodies;
    private final FairQueue fairQueue;

    OperationFilter(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers,
            BodyBudget bodies,
            FairQueue fairQueue) {
        this.fairQueue = fairQueue;
        this.handlers = handlers;
        this.bodies = bodies;
    }

    /** Hands the dispatcher what the filter found. */
    @Configuration(proxyBeanMethods = false)
    static class Found {
        @Bean
        HandlerMapping foundHandlerMapping() {
            return new FoundMapping();
        }

        @Bean
        HandlerMapping nothingHandlerMapping() {
            return new NothingMapping();
        }
    }

    private static final class FoundMapping implements HandlerMapping, Ordered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        /** Not when the request goes on to the error page: that has a handler of its own. */
        @Override
        public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) {
            if (request.getDispatcherType() == DispatcherType.REQUEST
                    && request.getAttribute(FOUND) instanceof HandlerExecutionChain found) {
                return found;
            }
            return null;
        }
    }

    /**
     * Answers for an address that nothing else is at. Spring's own way to do so reads the request's
     * headers, which throws on some.
     */
    private static final class NothingMapping implements HandlerMapping, Ordered {
        private static final HttpRequestHandler NOTHING = Problems::nothingHere;

        @Override
        public int getOrder() {
            return LOWEST_PRECEDENCE;
        }

        @Override
        public HandlerExecutionChain getHandler(HttpServletRequest request) {
            return new HandlerExecutionChain(NOTHING);
        }
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HandlerExecutionChain found = find(request);
        if (found != null) {
            request.setAttribute(FOUND, found);
            if (found.getHandler() instanceof HandlerMethod handler) {
                FoundHandler.keep(request, handler);
                Operation operation = handler.getMethod().getAnnotation(Operation.class);
                if (operation != null) {
                    Operation.Declared.of(operation).keep(request);
                }
            }
        }
        try (var _ = bodies.open(request)) {
            if (Operation.Declared.of(request).longLived()) {
                chain.doFilter(request, response);
            } else {
                try (var _ = fairQueue.open()) {
                    chain.doFilter(request, response);
                }
            }
        }
    }

    private @Nullable HandlerExecutionChain find(HttpServletRequest request) {
        try {
            var _ = ServletRequestPathUtils.parseAndCache(request);
            return handlers.getHandler(request);
        } catch (Exception e) {
            // The dispatcher finds the same and answers it: 404, 405, 406, 415.
            LOG.debug("no handler", e);
            return null;
        }
    }
}
