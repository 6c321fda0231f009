package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Places orders, and answers for them. */
@Service
public final class Orders {
    /** Where receipts are; the order's token follows. */
    public static final String RECEIPT_PATH = "/r/";

    /** How long after the sale an order can be captured. */
    static final Duration AUTHORIZED_FOR = Duration.ofDays(28);

    /**
     * Places an order, and captures it unless that is for later, for each row of {@code settled}
     * that has an {@code order_id}. It needs {@code settled} with the columns of the session as it
     * is now. Parameters are set by {@link #bind}.
     */
    public static final SqlFragment PLACE =
            new SqlFragment(
                    Set.of("settled"),
                    Set.of("placed", "captured"),
                    """
                    placed as (
                        insert into orders (order_id, merchant_id, session_id, attempt_id, device_id,
                            location_id, order_amount, original_order_amount, captured_amount,
                            order_tax_amount, purchase_currency, order_lines, merchant_reference1,
                            merchant_reference2, merchant_data, payment_method, manual_capture,
                            receipt_token, created_at, updated_at, expires_at)
                        select order_id, merchant_id, session_id, new_order.attempt_id, device_id,
                            location_id, order_amount, order_amount,
                            case when new_order.manual_capture then 0 else order_amount end,
                            order_tax_amount, purchase_currency, order_items, merchant_reference1,
                            merchant_reference2, merchant_data, new_order.payment_method,
                            new_order.manual_capture, new_order.receipt_token, new_order.created_at,
                            new_order.created_at, new_order.expires_at
                        from settled join unnest(:order_ids::uuid[], :order_attempt_ids::uuid[],
                            :order_manual_captures::boolean[], :payment_methods::text[],
                            :receipt_tokens::text[], :orders_created_at::timestamptz[],
                            :orders_expire_at::timestamptz[])
                            as new_order (order_id, attempt_id, manual_capture, payment_method,
                                receipt_token, created_at, expires_at) using (order_id)
                        returning orders.order_id, orders.merchant_id, orders.captured_amount,
                            orders.created_at
                    ),
                    captured as (
                        insert into order_movement (movement_id, merchant_id, order_id, kind, amount, status,
                            created_at, settled_at, check_at)
                        select new_capture.capture_id, merchant_id, order_id, 'CAPTURE', captured_amount,
                            'DONE', created_at, created_at, created_at
                        from placed join unnest(:order_ids::uuid[], :capture_ids::uuid[])
                            as new_capture (order_id, capture_id) using (order_id)
                        where captured_amount > 0
                    )
                    """);

    private final OrderTable table;
    private final MovementTable movements;

    Orders(OrderTable table, MovementTable movements) {
        this.table = table;
        this.movements = movements;
    }

    /** Sets the parameters of {@link #PLACE}. */
    public static void bind(SqlParameters parameters, List<NewOrder> orders) {
        var _ =
                parameters
                        .param("order_ids", Sql.column(orders, NewOrder::id))
                        .param("capture_ids", Sql.column(orders, NewOrder::captureId))
                        .param("order_attempt_ids", Sql.column(orders, NewOrder::attemptId))
                        .param(
                                "payment_methods",
                                Sql.column(orders, order -> order.method().wire()))
                        .param("order_manual_captures", Sql.column(orders, NewOrder::manualCapture))
                        .param("receipt_tokens", Sql.column(orders, NewOrder::receiptToken))
                        .param("orders_created_at", Sql.column(orders, NewOrder::createdAt))
                        .param(
                                "orders_expire_at",
                                Sql.column(
                                        orders, order -> order.createdAt().plus(AUTHORIZED_FOR)));
    }

    /**
     * One of the merchant's orders.
     *
     * @throws Problem NOT_FOUND when there is none
     */
    public Order get(MerchantId merchant, OrderId order) {
        return table.find(merchant, order).orElseThrow(() -> unknown(order));
    }

    static Problem unknown(OrderId order) {
        return Problem.notFound("NO_SUCH_ORDER", "There is no order " + order + ".");
    }

    /** What of an order was given back, oldest first. */
    public List<OrderRefund> refunds(Order order) {
        return RefundView.of(movements.of(order.merchantId(), order.id())).stream()
                .map(refund ->
                        new OrderRefund(
                                refund.refundedAmount(), refund.refundedAt(), refund.description()))
                .toList();
    }

    /** The order whose receipt this link shows, of any merchant. */
    public Optional<Order> ofReceipt(String token) {
        return table.findOfAnyMerchant(token);
    }
}
