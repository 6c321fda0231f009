package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.web.method.HandlerMethod;

/** The handler of a request, as {@link OperationFilter} found it before authentication. */
public final class FoundHandler {
    private static final String ATTRIBUTE = FoundHandler.class.getName();

    private FoundHandler() {}

    /** Empty when no operation takes the request: then it will be 404, 405, 406 or 415. */
    public static Optional<HandlerMethod> of(HttpServletRequest request) {
        return Optional.ofNullable((HandlerMethod) request.getAttribute(ATTRIBUTE));
    }

    static void keep(HttpServletRequest request, HandlerMethod handler) {
        request.setAttribute(ATTRIBUTE, handler);
    }
}
