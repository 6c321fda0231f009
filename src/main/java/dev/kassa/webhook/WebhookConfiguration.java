package dev.kassa.webhook;

import dev.kassa.kernel.Mode;
import java.time.InstantSource;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who may be sent to, by the mode of the deployment. */
@Configuration(proxyBeanMethods = false)
class WebhookConfiguration {
    @Bean
    AddressGuard addressGuard(Mode mode, WebhookSettings settings) {
        return switch (mode) {
            case PLAYGROUND -> AddressGuard.open();
            case PRODUCTION -> AddressGuard.publicAnd(settings.allowed());
        };
    }

    @Bean
    Sender sender(AddressGuard guard, SigningSecrets secrets, InstantSource clock) {
        return new Sender(SystemDefaultDnsResolver.INSTANCE, guard, secrets, clock);
    }
}
