package dev.kassa.http;

import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Gives an operation who the request acts for, as a filter found it. A feature with a credential of
 * its own makes one of these a bean.
 */
public final class AuthenticatedArgument
        implements WebMvcConfigurer, HandlerMethodArgumentResolver {
    private final Class<?> type;
    private final String credential;

    /** {@code credential}: what is missing when no filter ran, in words. */
    public AuthenticatedArgument(Class<?> type, String credential) {
        this.type = type;
        this.credential = credential;
    }

    /** Called by the filter that authenticates. */
    public static void set(HttpServletRequest request, Object authenticated) {
        request.setAttribute(authenticated.getClass().getName(), authenticated);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == type;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer model,
            NativeWebRequest web,
            @Nullable WebDataBinderFactory binders) {
        Object value = web.getAttribute(type.getName(), RequestAttributes.SCOPE_REQUEST);
        if (value == null) {
            throw Problem.unauthorized("Access Denied: this needs the " + credential + ".");
        }
        return value;
    }
}
