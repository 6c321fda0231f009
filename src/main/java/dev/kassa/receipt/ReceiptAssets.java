package dev.kassa.receipt;

import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The stylesheet of receipts. */
@Configuration(proxyBeanMethods = false)
class ReceiptAssets implements WebMvcConfigurer {
    @Override
    public void addResourceHandlers(ResourceHandlerRegistry registry) {
        registry.addResourceHandler("/r/assets/*.css")
                .addResourceLocations("classpath:/receipt/")
                .setCacheControl(CacheControl.maxAge(1, TimeUnit.HOURS));
    }
}
