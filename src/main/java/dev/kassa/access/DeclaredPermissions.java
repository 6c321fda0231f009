package dev.kassa.access;

import java.lang.reflect.Method;
import java.util.List;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Denies by default: a server with an operation that says nothing of its access does not start. */
@Component
@ConditionalOnWebApplication
final class DeclaredPermissions implements SmartInitializingSingleton {
    private static final String OURS = "dev.kassa.";

    private final RequestMappingHandlerMapping handlers;

    DeclaredPermissions(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers) {
        this.handlers = handlers;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<Method> silent =
                handlers.getHandlerMethods().values().stream()
                        .map(HandlerMethod::getMethod)
                        .filter(DeclaredPermissions::isSilent)
                        .toList();
        if (!silent.isEmpty()) {
            throw new IllegalStateException(
                    "operations without @Requires or @NoCredential: " + silent);
        }
    }

    /** Says neither what it needs nor that it needs nothing. */
    static boolean isSilent(Method operation) {
        return operation.getDeclaringClass().getName().startsWith(OURS)
                && !ErrorController.class.isAssignableFrom(operation.getDeclaringClass())
                && PermissionFilter.declared(operation, Requires.class) == null
                && PermissionFilter.declared(operation, NoCredential.class) == null;
    }
}
