package dev.kassa.order;

import dev.kassa.idempotency.IdempotencyKey;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * What a person does with an order that they look at. It is done to the order as they saw it, or
 * not at all: two who refund the same order at the same time refund once.
 */
@Service
public final class OrderDesk {
    private final Movements movements;
    private final MovementTable table;
    private final Orders orders;

    OrderDesk(Movements movements, MovementTable table, Orders orders) {
        this.movements = movements;
        this.table = table;
        this.orders = orders;
    }

    /** What can be done with the money of an order. */
    public enum Move {
        /** Some of what is held is taken. */
        CAPTURE(Movement.Kind.CAPTURE),
        /** Some of what was taken is given back. */
        REFUND(Movement.Kind.REFUND),
        /** All that is held and not taken is let go. */
        RELEASE(Movement.Kind.RELEASE);

        private final Movement.Kind kind;

        Move(Movement.Kind kind) {
            this.kind = kind;
        }

        /** The most that it can move now, in minor units. */
        public long most(Order order, Instant now) {
            return this == REFUND ? order.amounts().refundable() : order.remaining(now);
        }
    }

    /**
     * A decision of a person.
     *
     * @param amount minor units
     * @param description for the shopper's receipt
     * @param orderLines JSON of the lines it is about
     * @param seen {@link OrderBalance#moved} of the order that was looked at
     * @param key the same however often the form is sent
     */
    public record Decision(
            Move move,
            long amount,
            @Nullable String description,
            @Nullable String orderLines,
            long seen,
            String key) {}

    /**
     * What was done with the money of an order, by whomever.
     *
     * @param status DONE, REFUSED, or PENDING: the provider has not said yet
     * @param refusal why the provider refused
     */
    public record Moved(
            Move move,
            String status,
            long amount,
            Instant at,
            @Nullable String description,
            @Nullable String refusal) {}

    /** The oldest first. */
    public List<Moved> history(Order order) {
        return table.of(order.merchantId(), order.id()).stream()
                .map(movement ->
                        new Moved(
                                Move.valueOf(movement.kind().name()),
                                movement.status().name(),
                                movement.amount().minor(),
                                movement.createdAt(),
                                movement.details().description(),
                                movement.failureReason()))
                .toList();
    }

    /**
     * Moves the money.
     *
     * @throws Problem NOT_FOUND when there is no such order, CONFLICT when it is not as it was
     *     seen, FORBIDDEN when it or the provider does not allow it
     */
    public void decide(MerchantId merchant, OrderId order, Decision decision) {
        Order now = orders.get(merchant, order);
        var _ =
                movements.move(
                        merchant,
                        now.id(),
                        decision.move().kind,
                        new NewMovement(
                                decision.amount(),
                                new Movement.Details(
                                        decision.description(),
                                        null,
                                        decision.orderLines(),
                                        null,
                                        null,
                                        "[]"),
                                decision.seen()),
                        new IdempotencyKey(decision.key()));
    }
}
