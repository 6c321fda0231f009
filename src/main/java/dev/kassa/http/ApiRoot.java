package dev.kassa.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What all addresses under a prefix have in common, whether anything is at them or not. A feature
 * declares that of its API as a bean; all other addresses are {@link #OTHER}.
 *
 * @param prefix of the decoded path, with a slash at both ends
 * @param errors how its errors are told
 * @param challenge what its 401 asks for
 * @param comparesBodies whether a repeated idempotency key must come with the same body (ruling R6)
 */
public record ApiRoot(
        String prefix, ErrorShape errors, Challenge challenge, boolean comparesBodies) {
    static final ApiRoot OTHER =
            new ApiRoot("/", ErrorShape.PROBLEM_DETAILS, Challenge.API_KEY, true);

    private static final String ATTRIBUTE = ApiRoot.class.getName();

    /** All that features declare. */
    @Component
    static final class All {
        private final List<ApiRoot> roots;

        All(List<ApiRoot> roots) {
            this.roots = roots;
        }

        /** The one that a decoded path is under. */
        ApiRoot of(@Nullable String path) {
            return roots.stream()
                    .filter(root -> path != null && path.startsWith(root.prefix))
                    .findFirst()
                    .orElse(OTHER);
        }

        /** Finds that of a request, and keeps it there. */
        ApiRoot find(HttpServletRequest request) {
            // On its way to the error page, a request's own path is the error page's.
            ApiRoot root =
                    request.getDispatcherType() == DispatcherType.ERROR
                            ? of((String) request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI))
                            : of(request.getServletPath());
            request.setAttribute(ATTRIBUTE, root);
            return root;
        }
    }

    /** That of a request, as the first of the filters found it. */
    public static ApiRoot of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof ApiRoot root ? root : OTHER;
    }
}
