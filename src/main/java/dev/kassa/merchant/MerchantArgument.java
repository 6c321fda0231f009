package dev.kassa.merchant;

import dev.kassa.kernel.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Gives an operation the {@link Merchant} that the request's API key selected. */
@Configuration(proxyBeanMethods = false)
class MerchantArgument implements WebMvcConfigurer, HandlerMethodArgumentResolver {
    static final String ATTRIBUTE = Merchant.class.getName();

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Merchant.class;
    }

    @Override
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer model,
            NativeWebRequest web,
            @Nullable WebDataBinderFactory binders) {
        Object value = web.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
        if (value == null) {
            throw Problem.unauthorized("Access Denied: this needs the API key.");
        }
        return value;
    }
}
