package dev.kassa.payment.simulator;

import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.Secrets;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.Card;
import dev.kassa.payment.HoldChange;
import dev.kassa.payment.Refund;
import dev.kassa.payment.simulator.ProviderFault.Call;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The company on the other side of the simulator, with records of its own. Each call is one
 * statement, which also takes the fault that a script has ready for it.
 */
@Component
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class SimulatedAcquirer {
    /** How a payment stands in the acquirer's books. */
    public enum Status {
        /** Or, when there is no card to tap, the shopper's word. */
        AWAITING_CARD,
        APPROVED,
        DECLINED,
        FAILED,
        CANCELLED
    }

    /**
     * A payment in the acquirer's books, and in its answers.
     *
     * @param shopperToken opens the shopper's page; null when a card is to be tapped
     * @param card the one that paid, if one did
     */
    record Payment(
            Status status,
            @Nullable String declineCode,
            String reference,
            @Nullable String shopperToken,
            @Nullable Card card) {
        /** Whether it says all that goes with its status; what is read may lack anything. */
        boolean isWhole() {
            return reference != null
                    && status != null
                    && switch (status) {
                        case DECLINED, FAILED -> declineCode != null;
                        case AWAITING_CARD, APPROVED, CANCELLED -> true;
                    };
        }

        /** Without the shopper's token. */
        @Override
        public String toString() {
            return "Payment[" + status + ", " + reference + "]";
        }
    }

    /** The only card that people hold to simulated readers. */
    private static final Card CARD = new Card("Visa", "4242");

    /**
     * A hold collected or let go, in the acquirer's answers; without a reference it was refused.
     */
    record Changed(@Nullable String reference) {}

    /** A refund in the acquirer's answers; without a reference it was refused. */
    record RefundReply(@Nullable String reference) {}

    /** Random bytes of a shopper's token. */
    private static final int TOKEN_BYTES = 24;

    private record Fault(ProviderFault fault, int delayMs) {}

    private final JdbcClient jdbc;
    private final InstantSource clock;

    SimulatedAcquirer(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The payment under the attempt's id, made and waiting for a card if there is none. */
    Reply start(Attempt attempt) {
        return upsert(Call.START, attempt, Status.AWAITING_CARD);
    }

    /**
     * The payment under the attempt's id, ended unless it has an outcome; made and ended if there
     * is none, so that a {@link #start} that comes later finds it ended.
     */
    Reply cancel(Attempt attempt) {
        return upsert(Call.CANCEL, attempt, Status.CANCELLED);
    }

    /** In one statement: between looking and writing, a start or a tap could come. */
    private Reply upsert(Call call, Attempt attempt, Status status) {
        StatementSpec statement =
                call(AcquirerSql.UPSERT, call, attempt)
                        .param("not_done", AcquirerSql.notDone())
                        .param("amount", attempt.amount().minor())
                        .param("currency", attempt.amount().currency().getCurrencyCode())
                        .param("manual_capture", attempt.manualCapture())
                        .param("status", status.name())
                        .param("reference", reference())
                        .param(
                                "shopper_token",
                                attempt.method().scanned() ? Secrets.text(TOKEN_BYTES) : null)
                        .param("now", Sql.at(Sql.now(clock)));
        return answered(statement, SimulatedAcquirer::payment);
    }

    Reply find(Attempt attempt) {
        return answered(call(AcquirerSql.FIND, Call.LOOKUP, attempt), SimulatedAcquirer::payment);
    }

    /** Gives back under the refund's id, once; refuses more than was collected. */
    Reply refund(Refund refund) {
        StatementSpec statement =
                call(AcquirerSql.REFUND, Call.REFUND, refund)
                        .param("not_done", AcquirerSql.notDone())
                        .param("payment_key", refund.attemptId().value())
                        .param("amount", refund.amount().minor())
                        .param("reference", reference())
                        .param("now", Sql.at(Sql.now(clock)));
        Reply reply = answered(statement, SimulatedAcquirer::givenBack);
        return reply.status() == 404 ? new Reply(200, Json.write(new RefundReply(null))) : reply;
    }

    Reply find(Refund refund) {
        return answered(
                call(AcquirerSql.FIND_REFUND, Call.LOOKUP, refund), SimulatedAcquirer::givenBack);
    }

    /** Collects or lets go under the change's id, once; refuses to collect more than is held. */
    Reply change(HoldChange change) {
        boolean capture = change.kind() == HoldChange.Kind.CAPTURE;
        StatementSpec statement =
                call(AcquirerSql.CHANGE, capture ? Call.CAPTURE : Call.RELEASE, change)
                        .param("not_done", AcquirerSql.notDone())
                        .param("payment_key", change.attemptId().value())
                        .param("kind", change.kind().name())
                        .param("captured", capture ? change.amount().minor() : 0L)
                        .param("reference", reference())
                        .param("now", Sql.at(Sql.now(clock)));
        Reply reply = answered(statement, SimulatedAcquirer::changed);
        return reply.status() == 404 ? new Reply(200, Json.write(new Changed(null))) : reply;
    }

    Reply find(HoldChange change) {
        return answered(
                call(AcquirerSql.FIND_CHANGE, Call.LOOKUP, change), SimulatedAcquirer::changed);
    }

    private StatementSpec call(String sql, Call call, HoldChange change) {
        return jdbc.sql(sql)
                .param("call", call.name())
                .param("key", change.id())
                .param("merchant_id", change.merchantId().value())
                .param("session_id", change.sessionId().value());
    }

    private StatementSpec call(String sql, Call call, Attempt attempt) {
        return jdbc.sql(sql)
                .param("call", call.name())
                .param("key", attempt.id().value())
                .param("merchant_id", attempt.merchantId().value())
                .param("session_id", attempt.sessionId().value());
    }

    private StatementSpec call(String sql, Call call, Refund refund) {
        return jdbc.sql(sql)
                .param("call", call.name())
                .param("key", refund.id().value())
                .param("merchant_id", refund.merchantId().value())
                .param("session_id", refund.sessionId().value());
    }

    private static String reference() {
        return "sim_" + Secrets.text(12);
    }

    private interface Reader {
        @Nullable Object read(ResultSet row) throws SQLException;
    }

    private record Answered(Optional<Object> body, @Nullable Fault fault) {}

    private static Reply answered(StatementSpec statement, Reader reader) {
        Answered answered =
                statement
                        .query((row, n) ->
                                new Answered(Optional.ofNullable(reader.read(row)), fault(row)))
                        .single();
        Reply reply =
                answered.body()
                        .map(body -> new Reply(200, Json.write(body)))
                        .orElseGet(() -> new Reply(404, "{\"error\":\"not found\"}"));
        return answered.fault() == null ? reply : spoilt(reply, answered.fault());
    }

    private static Reply spoilt(Reply reply, Fault fault) {
        pause(fault.delayMs());
        return switch (fault.fault()) {
            case LATE -> reply;
            case LOST_REQUEST, LOST_REPLY ->
                    throw new UncheckedIOException(
                            new HttpTimeoutException("the simulated acquirer does not answer"));
            case SERVER_ERROR -> new Reply(503, "upstream connect error");
            case SERVER_ERROR_AFTER -> new Reply(500, "{\"error\":\"internal error\"}");
            case GARBAGE -> new Reply(200, "<html><body>Bad Gateway</body></html>");
        };
    }

    private static void pause(int ms) {
        try {
            var _ = new Semaphore(0).tryAcquire(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Fault fault(ResultSet row) throws SQLException {
        String fault = Sql.textOrNull(row, "fault");
        return fault == null
                ? null
                : new Fault(ProviderFault.valueOf(fault), row.getInt("delay_ms"));
    }

    private static @Nullable Object payment(ResultSet row) throws SQLException {
        String status = Sql.textOrNull(row, "status");
        if (status == null) {
            return null;
        }
        String token = Sql.textOrNull(row, "shopper_token");
        boolean byCard = token == null && status.equals(Status.APPROVED.name());
        return new Payment(
                Status.valueOf(status),
                Sql.textOrNull(row, "decline_code"),
                Sql.text(row, "reference"),
                token,
                byCard ? CARD : null);
    }

    private static @Nullable Object changed(ResultSet row) throws SQLException {
        String reference = Sql.textOrNull(row, "reference");
        return reference == null ? null : new Changed(reference);
    }

    private static @Nullable Object givenBack(ResultSet row) throws SQLException {
        String reference = Sql.textOrNull(row, "reference");
        return reference == null ? null : new RefundReply(reference);
    }

    /**
     * Holds a card to the reader. Like a real one, it takes only the first.
     *
     * @return whether the payment was waiting for a card
     */
    public boolean tap(AttemptId key, CardOutcome card) {
        return write(key, card, " and status = 'AWAITING_CARD'").isPresent();
    }

    /**
     * Writes an outcome whatever stood there before, as an acquirer does that finds a payment it
     * had lost, or takes back its word.
     */
    Optional<Payment> decide(AttemptId key, CardOutcome card) {
        return write(key, card, "");
    }

    private Optional<Payment> write(AttemptId key, CardOutcome card, String onlyIf) {
        Status status =
                switch (card.result()) {
                    case APPROVED -> Status.APPROVED;
                    case DECLINED -> Status.DECLINED;
                    case FAILED -> Status.FAILED;
                };
        return jdbc.sql(
                        """
                        update simulator_payment
                        set status = :status, decline_code = :decline_code, updated_at = :now
                        where idempotency_key = :key
                        """
                                + onlyIf
                                + " returning status, decline_code, reference, shopper_token")
                .param("key", key.value())
                .param("status", status.name())
                .param("decline_code", status == Status.APPROVED ? null : card.code())
                .param("now", Sql.at(Sql.now(clock)))
                .query((row, n) -> (Payment) Objects.requireNonNull(payment(row)))
                .optional();
    }

    /** The payment whose page this token opens. */
    Optional<ShopperPayment> ofShopper(String token) {
        return jdbc.sql(
                        """
                        select idempotency_key, merchant_id, session_id, amount, currency, status
                        from simulator_payment where shopper_token = :token
                        """)
                .param("token", token)
                .query((row, n) ->
                        new ShopperPayment(
                                new AttemptId(Sql.uuid(row, "idempotency_key")),
                                new MerchantId(Sql.text(row, "merchant_id")),
                                new SessionId(Sql.uuid(row, "session_id")),
                                Money.of(row.getLong("amount"), Sql.text(row, "currency")),
                                Status.valueOf(Sql.text(row, "status"))))
                .optional();
    }

    /** The shopper's word, of which only the first counts; empty when it is too late for one. */
    Optional<Payment> shopperDecides(AttemptId key, boolean approves) {
        return jdbc.sql(
                        """
                        update simulator_payment
                        set status = :status, decline_code = :decline_code, updated_at = :now
                        where idempotency_key = :key and status = 'AWAITING_CARD'
                        returning status, decline_code, reference, shopper_token
                        """)
                .param("key", key.value())
                .param("status", (approves ? Status.APPROVED : Status.DECLINED).name())
                .param("decline_code", approves ? null : "declined_by_shopper")
                .param("now", Sql.at(Sql.now(clock)))
                .query((row, n) -> (Payment) Objects.requireNonNull(payment(row)))
                .optional();
    }
}
