package dev.kassa.portal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The portal's stylesheets and scripts, and the way to it from {@code /}. */
@Configuration(proxyBeanMethods = false)
class PortalAssets implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/portal/assets/*.css", "/portal/assets/*.js")
                // The second is that of htmx, whose place names its version.
                .addResourceLocations("classpath:/portal/", htmx())
                .setCacheControl(CacheControl.maxAge(1, TimeUnit.HOURS));
    }

    private static String htmx() {
        try {
            Resource[] found =
                    new PathMatchingResourcePatternResolver()
                            .getResources(
                                    "classpath*:META-INF/resources/webjars/htmx.org/*/dist/htmx.min.js");
            return found[0].getURL().toString().replaceFirst("htmx\\.min\\.js$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/", "/portal");
    }
}
