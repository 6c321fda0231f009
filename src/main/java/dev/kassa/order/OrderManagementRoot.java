package dev.kassa.order;

import dev.kassa.http.ApiRoot;
import dev.kassa.http.Challenge;
import dev.kassa.http.ErrorShape;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Order Management: error codes, keys that cover no bodies (rulings R6 and R8). */
@Configuration(proxyBeanMethods = false)
class OrderManagementRoot {
    @Bean
    ApiRoot orderManagementApi() {
        return new ApiRoot("/ordermanagement/", ErrorShape.ERROR_CODE, Challenge.API_KEY, false);
    }
}
