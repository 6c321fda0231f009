package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Service;

/** Places orders, and answers for them. */
@Service
public final class Orders {
    /** Where receipts are; the order's token follows. */
    public static final String RECEIPT_PATH = "/r/";

    /** How long after the sale an order can be captured. */
    static final Duration AUTHORIZED_FOR = Duration.ofDays(28);

    /**
     * Two CTEs that place an order, and capture it unless that is for later, for each row of a CTE
     * {@code finalized} that the statement defines, with the columns of the session it read.
     * Parameters are set by {@link #bind}.
     */
    public static final String PLACE =
            """
            placed as (
                insert into orders (order_id, merchant_id, session_id, attempt_id, device_id,
                    location_id, order_amount, original_order_amount, captured_amount,
                    order_tax_amount, purchase_currency, order_lines, merchant_reference1,
                    merchant_reference2, merchant_data, payment_method, manual_capture,
                    receipt_token, created_at, updated_at, expires_at)
                select :order_id, merchant_id, session_id, :order_attempt_id, device_id,
                    location_id, order_amount, order_amount,
                    case when :order_manual_capture then 0 else order_amount end,
                    order_tax_amount, purchase_currency, order_items, merchant_reference1,
                    merchant_reference2, merchant_data, :payment_method, :order_manual_capture,
                    :receipt_token, :order_at, :order_at, :order_expires_at
                from finalized
                returning order_id, merchant_id, captured_amount
            ),
            captured as (
                insert into order_movement (movement_id, merchant_id, order_id, kind, amount, status,
                    created_at, settled_at, check_at)
                select :capture_id, merchant_id, order_id, 'CAPTURE', captured_amount, 'DONE',
                    :order_at, :order_at, :order_at
                from placed where captured_amount > 0
            )
            """;

    private final OrderTable table;
    private final MovementTable movements;

    Orders(OrderTable table, MovementTable movements) {
        this.table = table;
        this.movements = movements;
    }

    /** Sets the parameters of {@link #PLACE}. */
    public static StatementSpec bind(StatementSpec statement, NewOrder order, Instant now) {
        return statement
                .param("order_id", order.id().value())
                .param("capture_id", order.captureId().value())
                .param("order_attempt_id", order.attemptId().value())
                .param("payment_method", order.method().wire())
                .param("order_manual_capture", order.manualCapture())
                .param("receipt_token", order.receiptToken())
                .param("order_at", Sql.at(now))
                .param("order_expires_at", Sql.at(now.plus(AUTHORIZED_FOR)));
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
    public List<GivenBack> refunds(Order order) {
        return RefundView.of(movements.of(order.merchantId(), order.id())).stream()
                .map(refund ->
                        new GivenBack(
                                refund.refundedAmount(), refund.refundedAt(), refund.description()))
                .toList();
    }

    /** The order whose receipt this link shows, of any merchant. */
    public Optional<Order> ofReceipt(String token) {
        return table.findOfAnyMerchant(token);
    }
}
