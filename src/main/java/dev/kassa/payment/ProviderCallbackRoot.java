package dev.kassa.payment;

import dev.kassa.http.ApiRoot;
import dev.kassa.http.Challenge;
import dev.kassa.http.ErrorShape;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Callbacks of providers, which sign what they send. */
@Configuration(proxyBeanMethods = false)
class ProviderCallbackRoot {
    @Bean
    ApiRoot providerCallbacksApi() {
        return new ApiRoot("/providers/", ErrorShape.PROBLEM_DETAILS, Challenge.SIGNATURE, true);
    }
}
