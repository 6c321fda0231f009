package dev.kassa.payment;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlStatement;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.RefundId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The tables refund and late_answer. */
@Component
final class LateApprovalTable {
    private static final String COLUMNS =
            """
            refund_id, merchant_id, attempt_id, session_id, device_id, provider, amount, currency
            """;

    /** Writes the intent to refund for each row that {@code owed}, a FROM clause, answers. */
    private static String intent(String owed) {
        return """
        insert into refund (refund_id, merchant_id, attempt_id, session_id, device_id, provider,
            amount, currency, status, created_at, check_at)
        select :refund_id, merchant_id, attempt_id, session_id, device_id, provider, amount,
            currency, 'PENDING', :now, :now + :first_check::interval
        """
                + owed;
    }

    /**
     * Keeps an answer that differs from what the attempt was settled with. An approval is owed
     * back: the intent to refund is written with it, unless there is one. If that one is under way,
     * it notes the approval, since the provider may be about to refuse it.
     */
    private static final String KEEP =
            """
            with settled as (
                select * from attempt
                where merchant_id = :merchant_id and attempt_id = :attempt_id
                    and status not in ('PENDING', :status)
            ),
            kept as (
                insert into late_answer (merchant_id, attempt_id, status, failure_reason,
                    provider_reference, received_at)
                select merchant_id, attempt_id, :status, :failure_reason, :provider_reference, :now
                from settled
                on conflict (attempt_id, status) do nothing
            )
            """
                    + ", owed as ("
                    + intent(" from settled where :status = 'APPROVED' ")
                    + """
                    on conflict (attempt_id) where status <> 'REFUSED'
                        do update set approved_again = true where refund.status = 'PENDING'
                    returning *),
                    begun as (select from owed where refund_id = :refund_id),
                    """
                    + AuditLog.when("begun")
                    + "select "
                    + COLUMNS
                    + " from owed";

    private static final String REFUSE =
            """
            with refused as (
                update refund set status = 'REFUSED', failure_reason = :failure_reason,
                    settled_at = :now
                where merchant_id = :merchant_id and refund_id = :refused_id
                    and status = 'PENDING'
                returning *
            ),
            next as (
            """
                    + intent(" from refused where approved_again returning ")
                    + COLUMNS
                    + "), "
                    + AuditLog.when("refused")
                    + """
                    select exists (select from refused) as refused, next.*
                    from (select 1) as one left join next on true
                    """;

    private static final SqlStatement REFUNDED =
            SqlStatement.of(
                    """
                    with locked as (
                        select device_id from device
                        where merchant_id = :merchant_id and device_id = :device_id
                        for no key update
                    ),
                    settled as (
                        update refund set status = 'REFUNDED', provider_reference = :provider_reference,
                            settled_at = :now
                        from locked
                        where refund.merchant_id = :merchant_id and refund_id = :refund_id
                            and refund.device_id = locked.device_id and status = 'PENDING'
                        returning refund.merchant_id, refund.session_id, refund.device_id,
                            refund.refund_id
                    ),
                    logged as (select * from settled),
                    """,
                    List.of(EventLog.APPEND, AuditLog.append("settled", "refund_id")),
                    "select count(*) from settled");

    private final JdbcClient jdbc;
    private final RowGate gate;

    LateApprovalTable(JdbcClient jdbc, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
    }

    /**
     * Keeps a late answer that contradicts; answers the refund that it calls for, if none is under
     * way or done.
     */
    Optional<Refund> keep(Attempt attempt, OutcomeColumns verdict, RefundId id, Instant now) {
        return AuditLog.on(
                        jdbc.sql(KEEP),
                        AuditEntry.of(attempt.merchantId(), AuditAction.LATE_APPROVAL_OWED_BACK, id)
                                .after(Map.of("attempt_id", attempt.id().toString())))
                .param("merchant_id", attempt.merchantId().value())
                .param("attempt_id", attempt.id().value())
                .param("status", verdict.status().name())
                .param("failure_reason", verdict.failureReason())
                .param("provider_reference", verdict.reference())
                .param("refund_id", id.value())
                .param("first_check", PendingTable.FIRST_CHECK.toString())
                .param("now", Sql.at(now))
                .query(LateApprovalTable::refund)
                .optional()
                .filter(refund -> refund.id().equals(id));
    }

    /** Writes that it was given back, with its event; false when it was settled before. */
    boolean refunded(Refund refund, String reference, Event event, Instant now) {
        StatementSpec bound =
                REFUNDED.bind(
                        jdbc,
                        parameters -> {
                            var _ =
                                    parameters
                                            .param("merchant_id", refund.merchantId().value())
                                            .param("device_id", refund.deviceId().value())
                                            .param("refund_id", refund.id().value())
                                            .param("provider_reference", reference)
                                            .param("now", Sql.at(now));
                            EventLog.bind(parameters, List.of(event));
                            AuditLog.bind(
                                    parameters,
                                    List.of(
                                            AuditEntry.of(
                                                            refund.merchantId(),
                                                            AuditAction.LATE_APPROVAL_SETTLED,
                                                            refund.id())
                                                    .after(Map.of("status", "REFUNDED"))));
                        });
        return gate.through(
                        refund.merchantId(),
                        refund.deviceId(),
                        () -> bound.query(Long.class).single())
                == 1;
    }

    /**
     * What became of a refusal: whether it settled the refund, and what is owed anew since then.
     */
    record Refused(boolean settled, @Nullable Refund next) {}

    /**
     * Writes that the provider refused. If it has approved the payment again while it was being
     * asked, that is owed anew: answers the refund {@code next}, to be asked for under a new key,
     * since the provider may repeat its answer to the old one.
     */
    Refused refused(Refund refund, String reason, RefundId next, Instant now) {
        return AuditLog.on(
                        jdbc.sql(REFUSE),
                        AuditEntry.of(
                                        refund.merchantId(),
                                        AuditAction.LATE_APPROVAL_SETTLED,
                                        refund.id())
                                .after(Map.of("status", "REFUSED")))
                .param("merchant_id", refund.merchantId().value())
                .param("refused_id", refund.id().value())
                .param("failure_reason", reason)
                .param("refund_id", next.value())
                .param("first_check", PendingTable.FIRST_CHECK.toString())
                .param("now", Sql.at(now))
                .query((row, n) ->
                        new Refused(
                                row.getBoolean("refused"),
                                Sql.uuidOrNull(row, "refund_id") == null ? null : refund(row, n)))
                .single();
    }

    /** One of the merchant's refunds. */
    Refund get(MerchantId merchant, RefundId refund) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from refund
                                where merchant_id = :merchant_id and refund_id = :refund_id
                                """)
                .param("merchant_id", merchant.value())
                .param("refund_id", refund.value())
                .query(LateApprovalTable::refund)
                .single();
    }

    /** The refunds that nobody has settled. */
    PendingTable<Refund> pending() {
        return new PendingTable<>(
                jdbc,
                new PendingTable.Rows<>(
                        "refund",
                        "refund_id",
                        PendingTable.NO_END,
                        "select " + COLUMNS + " from claimed",
                        LateApprovalTable::refund,
                        refund -> refund.id().value(),
                        Refund::provider));
    }

    private static Refund refund(ResultSet row, int n) throws SQLException {
        return new Refund(
                new RefundId(Sql.uuid(row, "refund_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new AttemptId(Sql.uuid(row, "attempt_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                Sql.text(row, "provider"),
                Money.of(row.getLong("amount"), Sql.text(row, "currency")));
    }
}
