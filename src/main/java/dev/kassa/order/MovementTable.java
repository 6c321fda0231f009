package dev.kassa.order;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.database.SqlStatement;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.PendingTable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The table order_movement, and the amounts of orders that movements change.
 *
 * <p>The guard of a reservation looks at the order's own row alone, which PostgreSQL checks again
 * on its newest version after waiting for another reservation. Locks are taken in the order device,
 * movement, order, after whatever a session takes.
 */
@Component
final class MovementTable {
    private static final String SELECT =
            """
            select m.*, o.session_id, o.device_id, o.attempt_id, o.purchase_currency,
                a.provider as payment_provider
            from order_movement m join orders o using (order_id) join attempt a using (attempt_id)
            """;

    /** Whoever says how much was moved before is refused when that has changed since. */
    private static final String AS_SEEN =
            """
                and (:seen::bigint is null
                    or captured_amount + refunded_amount + released_amount = :seen)
            returning *
            """;

    private static final String RESERVE_CAPTURE =
            """
            update orders set captured_amount = captured_amount + :amount,
                capture_pending_amount = capture_pending_amount + :amount, updated_at = :now
            where merchant_id = :merchant_id and order_id = :order_id
                and captured_amount + released_amount + :amount <= order_amount
                and expires_at > :now
            """
                    + AS_SEEN;

    private static final String RESERVE_REFUND =
            """
            update orders set refunded_amount = refunded_amount + :amount, updated_at = :now
            where merchant_id = :merchant_id and order_id = :order_id
                and refunded_amount + :amount <= captured_amount - capture_pending_amount
            """
                    + AS_SEEN;

    /** All that is left, and nothing else: the amount is the one that the caller saw. */
    private static final String RESERVE_RELEASE =
            """
            update orders set released_amount = released_amount + :amount, updated_at = :now
            where merchant_id = :merchant_id and order_id = :order_id
                and captured_amount + released_amount + :amount = order_amount
                and capture_pending_amount = 0 and expires_at > :now
            """
                    + AS_SEEN;

    private static final String INSERT =
            """
            insert into order_movement (movement_id, merchant_id, order_id, kind, amount, status,
                idempotency_key, description, reference, order_lines, billing_address,
                shipping_address, shipping_info, created_at, check_at, provider)
            select :movement_id, merchant_id, order_id, :kind, :amount, 'PENDING', :idempotency_key,
                :description, :reference, :order_lines::json, billing_address, shipping_address,
                :shipping_info::jsonb, :now, :now + :first_check::interval,
                (select provider from attempt where attempt.attempt_id = reserved.attempt_id)
            from reserved
            """;

    /** A refusal takes back what was reserved, and frees the key for another try. */
    private static final SqlStatement SETTLE =
            SqlStatement.of(
                    """
                    with locked as (
                        select device_id from device
                        where merchant_id = :merchant_id and device_id = :device_id
                        for no key update
                    ),
                    settled as (
                        update order_movement set status = :status, failure_reason = :failure_reason,
                            provider_reference = :provider_reference, settled_at = :now,
                            idempotency_key = case when :refused then null else idempotency_key end
                        from locked
                        where merchant_id = :merchant_id and movement_id = :movement_id
                            and status = 'PENDING'
                        returning movement_id, order_id, kind, amount
                    ),
                    logged as (
                        update orders set updated_at = :now,
                            captured_amount = captured_amount
                                - case when kind = 'CAPTURE' and :refused then amount else 0 end,
                            capture_pending_amount = capture_pending_amount
                                - case when kind = 'CAPTURE' then amount else 0 end,
                            refunded_amount = refunded_amount
                                - case when kind = 'REFUND' and :refused then amount else 0 end,
                            released_amount = released_amount
                                - case when kind = 'RELEASE' and :refused then amount else 0 end
                        from settled
                        where orders.merchant_id = :merchant_id and orders.order_id = settled.order_id
                        returning orders.merchant_id, orders.session_id, orders.device_id,
                            settled.movement_id
                    ),
                    """,
                    List.of(EventLog.APPEND, AuditLog.append("logged", "movement_id")),
                    "select count(*) from logged");

    private final JdbcClient jdbc;
    private final RowGate gate;

    MovementTable(JdbcClient jdbc, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
    }

    /** A movement about to be committed. {@code key}: of the request that asks for it. */
    record Intent(
            UUID id, Movement.Kind kind, NewMovement movement, @Nullable String key, Instant now) {}

    /** Commits the intent and counts its amount; false when the order has not that much left. */
    boolean reserve(MerchantId merchant, OrderId order, Intent intent) {
        String reservation =
                switch (intent.kind()) {
                    case CAPTURE -> RESERVE_CAPTURE;
                    case REFUND -> RESERVE_REFUND;
                    case RELEASE -> RESERVE_RELEASE;
                };
        NewMovement movement = intent.movement();
        Movement.Details details = movement.details();
        StatementSpec statement =
                AuditLog.on(
                                jdbc.sql(
                                        "with reserved as ("
                                                + reservation
                                                + "), "
                                                + AuditLog.when("reserved")
                                                + INSERT),
                                AuditEntry.of(merchant, AuditAction.MOVEMENT_STARTED, intent.id())
                                        .after(
                                                Map.of(
                                                        "order_id",
                                                        order.toString(),
                                                        "kind",
                                                        intent.kind(),
                                                        "amount",
                                                        movement.amount())))
                        .param("merchant_id", merchant.value())
                        .param("order_id", order.value())
                        .param("movement_id", intent.id())
                        .param("kind", intent.kind().name())
                        .param("amount", movement.amount())
                        .param("seen", movement.seen())
                        .param("idempotency_key", intent.key())
                        .param("description", details.description())
                        .param("reference", details.reference())
                        .param("order_lines", details.orderLines())
                        .param("shipping_info", details.shippingInfo())
                        .param("first_check", PendingTable.FIRST_CHECK.toString())
                        .param("now", Sql.at(intent.now()));
        return gate.through(merchant, order, statement::update) == 1;
    }

    /** Writes the provider's word and the events of it; false when it was settled before. */
    boolean settle(
            Movement movement,
            boolean refused,
            @Nullable String detail,
            List<Event> events,
            Instant now) {
        StatementSpec bound =
                SETTLE.bind(
                        jdbc,
                        parameters -> {
                            var _ =
                                    parameters
                                            .param("merchant_id", movement.merchantId().value())
                                            .param("device_id", movement.deviceId().value())
                                            .param("movement_id", movement.id())
                                            .param("refused", refused)
                                            .param("status", refused ? "REFUSED" : "DONE")
                                            .param("failure_reason", refused ? detail : null)
                                            .param("provider_reference", refused ? null : detail)
                                            .param("now", Sql.at(now));
                            EventLog.bind(parameters, events);
                            AuditLog.bind(parameters, List.of(settled(movement, refused)));
                        });
        return gate.through(
                        movement.merchantId(),
                        movement.deviceId(),
                        () -> bound.query(Long.class).single())
                == 1;
    }

    private static AuditEntry settled(Movement movement, boolean refused) {
        return AuditEntry.of(movement.merchantId(), AuditAction.MOVEMENT_SETTLED, movement.id())
                .before(Map.of("status", "PENDING"))
                .after(Map.of("status", refused ? "REFUSED" : "DONE"));
    }

    Movement get(MerchantId merchant, UUID movement) {
        return jdbc.sql(
                        SELECT
                                + "where m.merchant_id = :merchant_id and movement_id = :movement_id")
                .param("merchant_id", merchant.value())
                .param("movement_id", movement)
                .query(MovementTable::movement)
                .single();
    }

    /** Those of an order, in the order in which they were asked for. */
    List<Movement> of(MerchantId merchant, OrderId order) {
        return jdbc.sql(
                        SELECT
                                + """
                                where m.merchant_id = :merchant_id and m.order_id = :order_id
                                order by m.created_at, m.movement_id
                                """)
                .param("merchant_id", merchant.value())
                .param("order_id", order.value())
                .query(MovementTable::movement)
                .list();
    }

    /** What an earlier request under this key committed since {@code after}. */
    Optional<Movement> under(MerchantId merchant, String key, Instant after) {
        return jdbc.sql(
                        SELECT
                                + """
                                where m.merchant_id = :merchant_id and idempotency_key = :key
                                    and m.created_at > :after
                                """)
                .param("merchant_id", merchant.value())
                .param("key", key)
                .param("after", Sql.at(after))
                .query(MovementTable::movement)
                .optional();
    }

    /** Frees a key that was used before {@code before}. */
    void forget(MerchantId merchant, String key, Instant before) {
        var _ =
                jdbc.sql(
                                """
                                update order_movement set idempotency_key = null
                                where merchant_id = :merchant_id and idempotency_key = :key
                                    and created_at <= :before
                                """)
                        .param("merchant_id", merchant.value())
                        .param("key", key)
                        .param("before", Sql.at(before))
                        .update();
    }

    /** Replaces the addresses of a capture that are given, each as a whole. */
    void address(MerchantId merchant, CaptureId capture, Addresses addresses) {
        var _ =
                AuditLog.audited(
                                jdbc,
                                """
                                update order_movement
                                set billing_address = coalesce(:billing::jsonb, billing_address),
                                    shipping_address = coalesce(:shipping::jsonb, shipping_address)
                                where merchant_id = :merchant_id and movement_id = :movement_id
                                    and kind = 'CAPTURE'
                                """,
                                AuditEntry.of(merchant, AuditAction.ORDER_CHANGED, capture)
                                        .after(Map.of("addresses", "replaced")))
                        .param("merchant_id", merchant.value())
                        .param("movement_id", capture.value())
                        .param("billing", addresses.billing())
                        .param("shipping", addresses.shipping())
                        .query(Integer.class)
                        .single();
    }

    /** Adds to a capture's shipping info; false when it would become too much. */
    boolean ship(MerchantId merchant, CaptureId capture, String shippingInfo) {
        return AuditLog.audited(
                                jdbc,
                                """
                                update order_movement
                                set shipping_info = shipping_info || :shipping_info::jsonb
                                where merchant_id = :merchant_id and movement_id = :movement_id
                                    and kind = 'CAPTURE' and jsonb_array_length(
                                        shipping_info || :shipping_info::jsonb) <= :limit
                                """,
                                AuditEntry.of(merchant, AuditAction.ORDER_CHANGED, capture)
                                        .after(Map.of("shipping_info", "added")))
                        .param("merchant_id", merchant.value())
                        .param("movement_id", capture.value())
                        .param("shipping_info", shippingInfo)
                        .param("limit", Limits.SHIPPING_INFO)
                        .query(Integer.class)
                        .single()
                == 1;
    }

    /** The movements that nobody has settled. */
    PendingTable<Movement> pending() {
        return new PendingTable<>(
                jdbc,
                new PendingTable.Rows<>(
                        "order_movement",
                        "movement_id",
                        PendingTable.NO_END,
                        SELECT.replace("order_movement m", "claimed m"),
                        MovementTable::movement,
                        Movement::id,
                        Movement::provider));
    }

    private static Movement movement(ResultSet row, int n) throws SQLException {
        return new Movement(
                Sql.uuid(row, "movement_id"),
                Movement.Kind.valueOf(Sql.text(row, "kind")),
                Movement.Status.valueOf(Sql.text(row, "status")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new OrderId(Sql.uuid(row, "order_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                new AttemptId(Sql.uuid(row, "attempt_id")),
                Sql.text(row, "payment_provider"),
                Money.of(row.getLong("amount"), Sql.text(row, "purchase_currency")),
                Sql.textOrNull(row, "failure_reason"),
                new Movement.Details(
                        Sql.textOrNull(row, "description"),
                        Sql.textOrNull(row, "reference"),
                        Sql.textOrNull(row, "order_lines"),
                        Sql.textOrNull(row, "billing_address"),
                        Sql.textOrNull(row, "shipping_address"),
                        Sql.text(row, "shipping_info")),
                Sql.instant(row, "created_at"));
    }
}
