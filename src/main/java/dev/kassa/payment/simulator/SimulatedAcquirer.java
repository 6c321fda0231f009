package dev.kassa.payment.simulator;

import dev.kassa.database.Sql;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Secrets;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The company on the other side of the simulator, with records of its own. */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class SimulatedAcquirer {
    enum Status {
        AWAITING_CARD,
        APPROVED,
        DECLINED,
        FAILED,
        CANCELLED
    }

    record Payment(Status status, @Nullable String declineCode, String reference) {}

    private final JdbcClient jdbc;
    private final InstantSource clock;

    SimulatedAcquirer(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The payment under this key, made in {@code status} if there is none. */
    Payment open(AttemptId key, Money amount, Status status) {
        return jdbc.sql(
                        """
                        insert into simulator_payment (idempotency_key, amount, currency, status,
                            reference, created_at, updated_at)
                        values (:key, :amount, :currency, :status, :reference, :now, :now)
                        on conflict (idempotency_key) do update set updated_at = excluded.updated_at
                        returning status, decline_code, reference
                        """)
                .param("key", key.value())
                .param("amount", amount.minor())
                .param("currency", amount.currency().getCurrencyCode())
                .param("status", status.name())
                .param("reference", "sim_" + Secrets.text(12))
                .param("now", Sql.at(Sql.now(clock)))
                .query((row, n) ->
                        new Payment(
                                Status.valueOf(Sql.text(row, "status")),
                                Sql.textOrNull(row, "decline_code"),
                                Sql.text(row, "reference")))
                .single();
    }

    Optional<Payment> find(AttemptId key) {
        return jdbc.sql(
                        """
                        select status, decline_code, reference from simulator_payment
                        where idempotency_key = :key
                        """)
                .param("key", key.value())
                .query((row, n) ->
                        new Payment(
                                Status.valueOf(Sql.text(row, "status")),
                                Sql.textOrNull(row, "decline_code"),
                                Sql.text(row, "reference")))
                .optional();
    }

    /** Ends the payment under this key unless it has an outcome. */
    void cancel(AttemptId key) {
        var _ = decide(key, Status.CANCELLED, null);
    }

    /**
     * Holds a card to the reader. Like a real one, it takes only the first.
     *
     * @return whether the payment was waiting for a card
     */
    public boolean tap(AttemptId key, CardOutcome card) {
        return switch (card.result()) {
            case APPROVED -> decide(key, Status.APPROVED, null);
            case DECLINED -> decide(key, Status.DECLINED, card.code());
            case FAILED -> decide(key, Status.FAILED, card.code());
        };
    }

    private boolean decide(AttemptId key, Status status, @Nullable String declineCode) {
        return jdbc.sql(
                                """
                                update simulator_payment
                                set status = :status, decline_code = :decline_code, updated_at = :now
                                where idempotency_key = :key and status = 'AWAITING_CARD'
                                """)
                        .param("key", key.value())
                        .param("status", status.name())
                        .param("decline_code", declineCode)
                        .param("now", Sql.at(Sql.now(clock)))
                        .update()
                == 1;
    }
}
