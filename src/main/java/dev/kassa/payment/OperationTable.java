package dev.kassa.payment;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.Sql;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads operations of all kinds, and keeps what persons say of them. */
@Component
final class OperationTable {
    private final JdbcClient jdbc;

    OperationTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The operation of this id, pending or not. */
    Optional<ProviderOperation> findOfAnyMerchant(UUID id) {
        return jdbc.sql("select * from provider_operation where id = :id")
                .param("id", id)
                .query(OperationTable::operation)
                .optional();
    }

    /** Pending ones that were begun at {@code before} or earlier, the oldest first. */
    List<ProviderOperation> pendingOfAnyMerchant(Instant before, int limit) {
        return jdbc.sql(
                        """
                        select * from provider_operation
                        where status = 'PENDING' and created_at <= :before
                        order by created_at, id limit :limit
                        """)
                .param("before", Sql.at(before))
                .param("limit", limit)
                .query(OperationTable::operation)
                .list();
    }

    /** Of each kind that has any, the pending one whose provider has owed an answer longest. */
    List<ProviderOperation> longestUnansweredOfAnyMerchant() {
        return jdbc.sql(
                        """
                        select distinct on (kind) * from provider_operation
                        where status = 'PENDING' and unanswered_since is not null
                        order by kind, unanswered_since, id
                        """)
                .query(OperationTable::operation)
                .list();
    }

    /** Pending ones unanswered since {@code before} or longer that nobody has been told of. */
    List<ProviderOperation> untoldOfAnyMerchant(Instant before, int limit) {
        return jdbc.sql(
                        """
                        select * from provider_operation
                        where status = 'PENDING' and unanswered_since is not null
                            and unanswered_since <= :before and unknown_told_at is null
                        order by unanswered_since, id limit :limit
                        """)
                .param("before", Sql.at(before))
                .param("limit", limit)
                .query(OperationTable::operation)
                .list();
    }

    /** Keeps a person's word on an operation; a second one is refused by the key. */
    void insert(ProviderOperation operation, Resolution resolution, Instant now) {
        var _ =
                AuditLog.audited(
                                jdbc,
                                """
                                insert into resolution (operation_id, merchant_id, kind, session_id,
                                    resolved_as, reference, resolved_by, why, evidence, resolved_at)
                                values (:operation_id, :merchant_id, :kind, :session_id, :resolved_as,
                                    :reference, :resolved_by, :why, :evidence, :now)
                                """,
                                AuditEntry.of(
                                                operation.merchantId(),
                                                AuditAction.OPERATION_RESOLVED,
                                                operation.id())
                                        .after(
                                                Map.of(
                                                        "as",
                                                        resolution.as().word(),
                                                        "by",
                                                        resolution.by(),
                                                        "why",
                                                        resolution.why())))
                        .param("operation_id", operation.id())
                        .param("merchant_id", operation.merchantId().value())
                        .param("kind", operation.kind().name())
                        .param("session_id", operation.sessionId().value())
                        .param("resolved_as", resolution.as().name())
                        .param("reference", resolution.reference())
                        .param("resolved_by", resolution.by())
                        .param("why", resolution.why())
                        .param("evidence", resolution.evidence())
                        .param("now", Sql.at(now))
                        .query(Integer.class)
                        .single();
    }

    private static ProviderOperation operation(ResultSet row, int n) throws SQLException {
        UUID order = Sql.uuidOrNull(row, "order_id");
        return new ProviderOperation(
                Sql.uuid(row, "id"),
                OperationKind.valueOf(Sql.text(row, "kind")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                order == null ? null : new OrderId(order),
                Sql.text(row, "provider"),
                Money.of(row.getLong("amount"), Sql.text(row, "currency")),
                Sql.text(row, "status"),
                Sql.instant(row, "created_at"),
                Sql.instantOrNull(row, "settled_at"),
                row.getInt("checks"),
                Sql.instantOrNull(row, "unanswered_since"),
                Sql.textOrNull(row, "last_answer"));
    }
}
