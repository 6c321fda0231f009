package dev.kassa.order;

import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.database.SqlRows;
import java.util.List;
import java.util.Set;

/** How orders come into the table {@link OrderTable}: in the statement that settles the payment. */
public final class OrderInserts {
    private OrderInserts() {}

    private static final SqlRows<NewOrder> NEW_ORDERS =
            SqlRows.<NewOrder>named("new_order")
                    .column("order_id", "uuid", NewOrder::id)
                    .column("attempt_id", "uuid", NewOrder::attemptId)
                    .column("manual_capture", "boolean", NewOrder::manualCapture)
                    .column("payment_method", "text", order -> order.method().wire())
                    .column("receipt_token", "text", NewOrder::receiptToken)
                    .column("created_at", "timestamptz", NewOrder::createdAt)
                    .column(
                            "expires_at",
                            "timestamptz",
                            order -> order.createdAt().plus(Orders.AUTHORIZED_FOR));

    private static final SqlRows<NewOrder> NEW_CAPTURES =
            SqlRows.<NewOrder>named("new_capture")
                    .column("order_id", "uuid", NewOrder::id)
                    .column("capture_id", "uuid", NewOrder::captureId);

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
                        insert into orders (%s, merchant_id, session_id, device_id, location_id,
                            order_amount, original_order_amount, captured_amount,
                            order_tax_amount, purchase_currency, order_lines, merchant_reference1,
                            merchant_reference2, merchant_data, updated_at)
                        select %s, merchant_id, session_id, device_id, location_id,
                            order_amount, order_amount,
                            case when new_order.manual_capture then 0 else order_amount end,
                            order_tax_amount, purchase_currency, order_items, merchant_reference1,
                            merchant_reference2, merchant_data, new_order.created_at
                        from settled join %s using (order_id)
                        returning orders.order_id, orders.merchant_id, orders.captured_amount,
                            orders.created_at
                    ),
                    captured as (
                        insert into order_movement (movement_id, merchant_id, order_id, kind, amount, status,
                            created_at, settled_at, check_at)
                        select new_capture.capture_id, merchant_id, order_id, 'CAPTURE', captured_amount,
                            'DONE', placed.created_at, placed.created_at, placed.created_at
                        from placed join %s using (order_id)
                        where captured_amount > 0
                    )
                    """
                            .formatted(
                                    NEW_ORDERS.columns(),
                                    NEW_ORDERS.values(),
                                    NEW_ORDERS.table(),
                                    NEW_CAPTURES.table()));

    /** Sets the parameters of {@link #PLACE}. */
    public static void bind(SqlParameters parameters, List<NewOrder> orders) {
        NEW_ORDERS.bind(parameters, orders);
        NEW_CAPTURES.bind(parameters, orders);
    }
}
