package dev.kassa.http;

import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.DestinationId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.RefundId;
import dev.kassa.kernel.SessionId;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.json.JsonMapper;

/** How Spring reads our argument types, and writes what an operation answers. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebMvcConfigurer {
    @Bean
    JsonMapper jsonMapper() {
        return Json.MAPPER;
    }

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
        converters.withJsonConverter(new JsonAnswers());
    }

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
        negotiation.strategies(List.of(new AcceptedTypes()));
    }

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, SessionId.class, SessionId::parse);
        registry.addConverter(String.class, DeviceId.class, DeviceId::parse);
        registry.addConverter(String.class, LocationId.class, LocationId::parse);
        registry.addConverter(String.class, EnrollmentId.class, EnrollmentId::parse);
        registry.addConverter(String.class, OrderId.class, OrderId::parse);
        registry.addConverter(String.class, DestinationId.class, DestinationId::parse);
        registry.addConverter(String.class, CaptureId.class, CaptureId::parse);
        registry.addConverter(String.class, RefundId.class, RefundId::parse);
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new BodyArgument());
        resolvers.add(
                new RequestArgument<>(Query.class, request -> new Query(request.getQueryString())));
        resolvers.add(new RequestArgument<>(Client.class, Client::of));
    }
}
