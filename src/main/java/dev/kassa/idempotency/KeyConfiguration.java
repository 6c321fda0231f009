package dev.kassa.idempotency;

import dev.kassa.http.RequestArgument;
import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Hands operations the key of their request. */
@Configuration(proxyBeanMethods = false)
class KeyConfiguration implements WebMvcConfigurer {
    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(
                new RequestArgument<>(
                        IdempotencyKey.class,
                        request ->
                                new IdempotencyKey(
                                        IdempotencyFilter.keys(request).stream()
                                                .findFirst()
                                                .orElse(null))));
    }
}
