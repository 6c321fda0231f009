package dev.kassa.payment.simulator;

import dev.kassa.database.Sql;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Secrets;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    /** The payment under this key, made and waiting for a card if there is none. */
    Payment open(AttemptId key, Money amount) {
        return upsert(key, amount, Status.AWAITING_CARD);
    }

    /**
     * The payment under this key, ended unless it has an outcome; made and ended if there is none,
     * so that an {@link #open} that comes later finds it ended.
     */
    Payment cancel(AttemptId key, Money amount) {
        return upsert(key, amount, Status.CANCELLED);
    }

    /** In one statement: between looking and writing, an open or a tap could come. */
    private Payment upsert(AttemptId key, Money amount, Status status) {
        return jdbc.sql(
                        """
                        insert into simulator_payment (idempotency_key, amount, currency, status,
                            reference, created_at, updated_at)
                        values (:key, :amount, :currency, :status, :reference, :now, :now)
                        on conflict (idempotency_key) do update set
                            updated_at = excluded.updated_at,
                            status = case when simulator_payment.status = 'AWAITING_CARD'
                                then excluded.status else simulator_payment.status end
                        returning status, decline_code, reference
                        """)
                .param("key", key.value())
                .param("amount", amount.minor())
                .param("currency", amount.currency().getCurrencyCode())
                .param("status", status.name())
                .param("reference", "sim_" + Secrets.text(12))
                .param("now", Sql.at(Sql.now(clock)))
                .query(SimulatedAcquirer::payment)
                .single();
    }

    Optional<Payment> find(AttemptId key) {
        return jdbc.sql(
                        """
                        select status, decline_code, reference from simulator_payment
                        where idempotency_key = :key
                        """)
                .param("key", key.value())
                .query(SimulatedAcquirer::payment)
                .optional();
    }

    private static Payment payment(ResultSet row, int n) throws SQLException {
        return new Payment(
                Status.valueOf(Sql.text(row, "status")),
                Sql.textOrNull(row, "decline_code"),
                Sql.text(row, "reference"));
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
