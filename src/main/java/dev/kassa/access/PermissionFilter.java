package dev.kassa.access;

import dev.kassa.http.FoundHandler;
import dev.kassa.http.Problems;
import dev.kassa.kernel.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses an operation to a principal that lacks its permission, after authentication and before
 * anything kept under an idempotency key is answered.
 */
@Component
@Order(15)
final class PermissionFilter extends OncePerRequestFilter {
    /** Of each operation once: annotations are slow to find. */
    private static final Map<Method, Optional<Permission>> NEEDED = new ConcurrentHashMap<>();

    /** What the operation needs; nothing for one that needs no credential. */
    static Optional<Permission> needed(Method operation) {
        return NEEDED.computeIfAbsent(
                operation,
                method ->
                        Optional.ofNullable(declared(method, Requires.class)).map(Requires::value));
    }

    /** What the method says, or else its class. */
    static <A extends java.lang.annotation.Annotation> @Nullable A declared(
            Method operation, Class<A> type) {
        A own = AnnotatedElementUtils.findMergedAnnotation(operation, type);
        return own == null
                ? AnnotatedElementUtils.findMergedAnnotation(operation.getDeclaringClass(), type)
                : own;
    }

    private static Principal anyone(HttpServletRequest request) {
        return new Principal(
                null, new Actor(Actor.Kind.ANYONE, "anyone"), Set.of(), request.getRemoteAddr());
    }

    private static Problem refusal(Principal principal, Permission needed) {
        String who =
                switch (principal.actor().kind()) {
                    case API_KEY -> "The API key " + principal.actor().name();
                    case DEVICE -> "A device";
                    default -> principal.actor().name();
                };
        return Problem.forbidden(
                "PERMISSION_MISSING",
                who
                        + " may not "
                        + needed.description()
                        + ": it lacks the permission "
                        + needed.wire()
                        + ". Use one that has it.");
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Permission> needed =
                FoundHandler.of(request).flatMap(handler -> needed(handler.getMethod()));
        Optional<Principal> known = Principal.of(request);
        if (needed.isPresent()) {
            if (known.isEmpty()) {
                Problems.write(
                        Problem.unauthorized("Access Denied: this needs a credential."),
                        request,
                        response);
                return;
            }
            if (!known.get().permissions().contains(needed.get())) {
                Problems.write(refusal(known.get(), needed.get()), request, response);
                return;
            }
        }
        try (var _ = Principal.as(known.orElseGet(() -> anyone(request)))) {
            chain.doFilter(request, response);
        }
    }
}
