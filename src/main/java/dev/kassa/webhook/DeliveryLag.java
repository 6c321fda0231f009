package dev.kassa.webhook;

import dev.kassa.database.Sql;
import dev.kassa.monitoring.Lag;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/**
 * How long the oldest webhook that was never tried has waited, where its destination is enabled and
 * answers. A destination that does not answer is the merchant's to mend, and no fault of ours.
 */
@Component
final class DeliveryLag extends Lag {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    DeliveryLag(DeliveryTable deliveries, InstantSource clock, MeterRegistry meters) {
        super(
                "kassa.webhook.lag",
                "How long the oldest webhook that was never tried has waited, of destinations that answer",
                LIMIT,
                () -> deliveries.lagOfAnyMerchant(Sql.now(clock)),
                meters);
    }
}
