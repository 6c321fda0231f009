package dev.kassa.order;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Answers for orders; {@link OrderInserts} places them. */
@Service
public final class Orders {
    /** Where receipts are; the order's token follows. */
    public static final String RECEIPT_PATH = "/r/";

    /** How long after the sale an order can be captured. */
    static final Duration AUTHORIZED_FOR = Duration.ofDays(28);

    private final OrderTable table;
    private final MovementTable movements;

    Orders(OrderTable table, MovementTable movements) {
        this.table = table;
        this.movements = movements;
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
