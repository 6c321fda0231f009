package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.Limits;
import dev.kassa.monitoring.CachedQuery;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * For how long a provider has owed its answer about an operation, of each kind the longest. It
 * counts from the first question that brought no final answer; a payment that waits for its shopper
 * counts for nothing. A gauge for each kind, and a part of the health: down beyond {@link
 * Limits#UNANSWERED}, since then a person has to look. It is not part of the readiness: no node can
 * do anything about a provider.
 */
@Component
final class PendingAge implements HealthIndicator {
    private static final String METER = "kassa.pending.age";

    private final CachedQuery<List<ProviderOperation>> longest;
    private final InstantSource clock;

    PendingAge(OperationTable operations, InstantSource clock, MeterRegistry meters) {
        this.longest = new CachedQuery<>(operations::longestUnansweredOfAnyMerchant);
        this.clock = clock;
        for (OperationKind kind : OperationKind.values()) {
            var _ =
                    TimeGauge.builder(METER, this, TimeUnit.SECONDS, age -> age.seconds(kind))
                            .description(
                                    "How long the longest pending operation of a kind has waited"
                                            + " for its provider's final answer")
                            .tag("kind", kind.word())
                            .register(meters);
        }
    }

    private double seconds(OperationKind kind) {
        List<ProviderOperation> operations = longest.get();
        return operations == null
                ? Double.NaN
                : operations.stream()
                        .filter(one -> one.kind() == kind)
                        .mapToDouble(one -> age(one).toMillis() / 1000.0)
                        .findFirst()
                        .orElse(0);
    }

    private Duration age(ProviderOperation operation) {
        Instant since = operation.unansweredSince();
        Duration age = since == null ? Duration.ZERO : Duration.between(since, Sql.now(clock));
        return age.isNegative() ? Duration.ZERO : age;
    }

    @Override
    public Health health() {
        List<ProviderOperation> operations = longest.get();
        if (operations == null) {
            return Health.down().withDetail("age", "unknown: the database does not answer").build();
        }
        boolean tooLong =
                operations.stream().anyMatch(one -> age(one).compareTo(Limits.UNANSWERED) > 0);
        Health.Builder health = tooLong ? Health.down() : Health.up();
        for (OperationKind kind : OperationKind.values()) {
            var _ = health.withDetail(kind.word() + "_age_seconds", seconds(kind));
        }
        for (ProviderOperation one : operations) {
            if (age(one).compareTo(Limits.UNANSWERED) > 0) {
                String last = one.lastAnswer() == null ? "no answer yet" : one.lastAnswer();
                var _ =
                        health.withDetail(
                                one.kind().word() + "_last_answer", one.provider() + ": " + last);
            }
        }
        if (tooLong) {
            var _ = health.withDetail("what_to_do", "./kassa pending lists them");
        }
        return health.withDetail("limit_seconds", Limits.UNANSWERED.toSeconds()).build();
    }
}
