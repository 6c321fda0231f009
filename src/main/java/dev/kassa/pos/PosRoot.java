package dev.kassa.pos;

import dev.kassa.http.ApiRoot;
import dev.kassa.http.Challenge;
import dev.kassa.http.ErrorShape;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The POS API: devices send their tokens. */
@Configuration(proxyBeanMethods = false)
class PosRoot {
    @Bean
    ApiRoot posApi() {
        return new ApiRoot("/pos/", ErrorShape.PROBLEM_DETAILS, Challenge.BEARER, true);
    }
}
