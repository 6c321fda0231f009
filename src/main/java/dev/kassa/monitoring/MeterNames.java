package dev.kassa.monitoring;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Help texts for the meters that observations make, which bring none. */
@Configuration(proxyBeanMethods = false)
class MeterNames {
    private static final Map<String, String> HELP =
            Map.of(
                    "http.server.requests", "Requests, by operation",
                    "kassa.provider.call", "Calls to payment providers, by the word that came back",
                    "kassa.webhook.try", "Tries to deliver a webhook, by what the endpoint did");

    @Bean
    static MeterFilter helpTexts() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String help = HELP.get(id.getName());
                return help == null
                        ? id
                        : new Meter.Id(
                                id.getName(),
                                Tags.of(id.getTags()),
                                id.getBaseUnit(),
                                help,
                                id.getType());
            }
        };
    }
}
