package dev.kassa.order;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditEntry;
import dev.kassa.access.AuditLog;
import dev.kassa.database.RowGate;
import dev.kassa.database.Sql;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Card;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The table orders. Two others write it as well: {@link OrderInserts} adds to it, and {@link
 * MovementTable} counts captures, refunds and releases in its amounts.
 */
@Component
final class OrderTable {
    private static final String SELECT =
            """
            select orders.*, attempt.card_brand, attempt.card_last4
            from orders join attempt using (attempt_id)
            """;

    private final JdbcClient jdbc;
    private final RowGate gate;

    OrderTable(JdbcClient jdbc, RowGate gate) {
        this.jdbc = jdbc;
        this.gate = gate;
    }

    Optional<Order> find(MerchantId merchant, OrderId order) {
        return jdbc.sql(SELECT + "where orders.merchant_id = :merchant_id and order_id = :order_id")
                .param("merchant_id", merchant.value())
                .param("order_id", order.value())
                .query(OrderTable::order)
                .optional();
    }

    /** The order whose receipt this is; whoever knows the token may see it. */
    Optional<Order> findOfAnyMerchant(String receiptToken) {
        return jdbc.sql(SELECT + "where receipt_token = :receipt_token")
                .param("receipt_token", receiptToken)
                .query(OrderTable::order)
                .optional();
    }

    /** Overwrites the references given, and clears those given as empty; null keeps. */
    boolean reference(
            MerchantId merchant,
            OrderId order,
            @Nullable String reference1,
            @Nullable String reference2,
            Instant now) {
        return one(
                merchant,
                order,
                change(
                                """
                                merchant_reference1 = case when :reference1::text is null
                                    then merchant_reference1 else nullif(:reference1, '') end,
                                merchant_reference2 = case when :reference2::text is null
                                    then merchant_reference2 else nullif(:reference2, '') end
                                """,
                                "true",
                                merchant,
                                order,
                                Map.of("merchant_references", "replaced"),
                                now)
                        .param("reference1", reference1)
                        .param("reference2", reference2));
    }

    /** Replaces the addresses given, each as a whole. */
    boolean address(MerchantId merchant, OrderId order, Addresses addresses, Instant now) {
        return one(
                merchant,
                order,
                change(
                                """
                                billing_address = coalesce(:billing::jsonb, billing_address),
                                shipping_address = coalesce(:shipping::jsonb, shipping_address)
                                """,
                                "true",
                                merchant,
                                order,
                                Map.of("addresses", "replaced"),
                                now)
                        .param("billing", addresses.billing())
                        .param("shipping", addresses.shipping()));
    }

    /** Adds to the order's shipping info; false when it would become too much. */
    boolean ship(MerchantId merchant, OrderId order, String shippingInfo, Instant now) {
        return one(
                merchant,
                order,
                change(
                                "shipping_info = shipping_info || :shipping_info::jsonb",
                                """
                                jsonb_array_length(shipping_info || :shipping_info::jsonb) <= :limit
                                """,
                                merchant,
                                order,
                                Map.of("shipping_info", "added"),
                                now)
                        .param("shipping_info", shippingInfo)
                        .param("limit", Limits.SHIPPING_INFO));
    }

    /** Changes what the order is for, between what is captured and what is held. */
    boolean authorize(
            MerchantId merchant, OrderId order, NewAuthorization authorization, Instant now) {
        return one(
                merchant,
                order,
                change(
                                """
                                order_amount = :amount,
                                order_lines = coalesce(:order_lines::json, order_lines),
                                order_tax_amount = coalesce(:order_tax_amount::integer, order_tax_amount)
                                """,
                                """
                                order_amount > captured_amount and released_amount = 0
                                and expires_at > :now and :amount >= captured_amount
                                and :amount <= original_order_amount
                                """,
                                merchant,
                                order,
                                Map.of("order_amount", authorization.orderAmount()),
                                now)
                        .param("amount", authorization.orderAmount())
                        .param("order_lines", authorization.orderLines())
                        .param("order_tax_amount", authorization.orderTaxAmount()));
    }

    /** Puts the end of the time to capture off, though not past {@code longest} after the sale. */
    boolean extend(MerchantId merchant, OrderId order, Duration by, Duration longest, Instant now) {
        return one(
                merchant,
                order,
                change(
                                """
                                expires_at = least(expires_at + :by::interval,
                                    created_at + :longest::interval)
                                """,
                                """
                                order_amount > captured_amount + released_amount
                                and expires_at > :now and expires_at < created_at + :longest::interval
                                """,
                                merchant,
                                order,
                                Map.of("extended_by", by.toString()),
                                now)
                        .param("by", by.toString())
                        .param("longest", longest.toString()));
    }

    private StatementSpec change(
            String set,
            String guard,
            MerchantId merchant,
            OrderId order,
            Map<String, ?> after,
            Instant now) {
        return AuditLog.audited(
                        jdbc,
                        "update orders set updated_at = :now, "
                                + set
                                + " where merchant_id = :merchant_id and order_id = :order_id and "
                                + guard,
                        AuditEntry.of(merchant, AuditAction.ORDER_CHANGED, order).after(after))
                .param("merchant_id", merchant.value())
                .param("order_id", order.value())
                .param("now", Sql.at(now));
    }

    private boolean one(MerchantId merchant, OrderId order, StatementSpec statement) {
        return gate.through(merchant, order, () -> statement.query(Integer.class).single()) == 1;
    }

    private static Order order(ResultSet row, int n) throws SQLException {
        String brand = Sql.textOrNull(row, "card_brand");
        return new Order(
                new OrderId(Sql.uuid(row, "order_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                new LocationId(Sql.uuid(row, "location_id")),
                new AttemptId(Sql.uuid(row, "attempt_id")),
                Sql.text(row, "payment_method"),
                brand == null ? null : new Card(brand, Sql.text(row, "card_last4")),
                new OrderBalance(
                        row.getLong("original_order_amount"),
                        row.getLong("order_amount"),
                        row.getLong("captured_amount"),
                        row.getLong("capture_pending_amount"),
                        row.getLong("refunded_amount"),
                        row.getLong("released_amount")),
                row.getInt("order_tax_amount"),
                Sql.text(row, "purchase_currency"),
                Sql.text(row, "order_lines"),
                Sql.textOrNull(row, "merchant_reference1"),
                Sql.textOrNull(row, "merchant_reference2"),
                Sql.textOrNull(row, "merchant_data"),
                Sql.textOrNull(row, "billing_address"),
                Sql.textOrNull(row, "shipping_address"),
                Sql.text(row, "shipping_info"),
                Sql.text(row, "receipt_token"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "expires_at"));
    }
}
