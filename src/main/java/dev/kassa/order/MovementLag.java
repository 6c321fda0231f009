package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.monitoring.Lag;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import org.springframework.stereotype.Component;

/** How long the capture, refund or release that is due the longest has waited to be asked about. */
@Component
final class MovementLag extends Lag {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    MovementLag(MovementTable movements, InstantSource clock, MeterRegistry meters) {
        super(
                "kassa.movement.lag",
                "How long the capture, refund or release that is due the longest has waited to be"
                        + " asked about",
                LIMIT,
                () -> movements.pending().lagOfAnyMerchant(Sql.now(clock)),
                meters);
    }
}
