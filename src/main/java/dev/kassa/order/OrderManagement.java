package dev.kassa.order;

import dev.kassa.database.Sql;
import dev.kassa.http.Json;
import dev.kassa.idempotency.IdempotencyKey;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.RefundId;
import dev.kassa.location.Locations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** What a merchant can do with an order once it is placed. */
@Service
final class OrderManagement {
    private static final Duration LONGEST_AUTHORIZATION = Duration.ofDays(90);

    /** Where Klarna does not extend an authorization (contract 6.5). */
    private static final Set<String> NEVER_EXTENDED = Set.of("ES", "FR", "IT", "PT");

    private static final String EXTENDABLE_METHOD = "klarna";

    private final Orders orders;
    private final OrderTable table;
    private final Movements movements;
    private final MovementTable movementTable;
    private final Locations locations;
    private final InstantSource clock;

    OrderManagement(
            Orders orders,
            OrderTable table,
            Movements movements,
            MovementTable movementTable,
            Locations locations,
            InstantSource clock) {
        this.orders = orders;
        this.table = table;
        this.movements = movements;
        this.movementTable = movementTable;
        this.locations = locations;
        this.clock = clock;
    }

    OrderView view(MerchantId merchant, OrderId id, String receiptBase) {
        Order order = orders.get(merchant, id);
        return OrderView.of(
                order,
                movementTable.of(merchant, id),
                country(order),
                receiptBase + order.receiptToken(),
                Sql.now(clock));
    }

    private @Nullable String country(Order order) {
        return locations.get(order.merchantId(), order.locationId()).country();
    }

    List<CaptureView> captures(MerchantId merchant, OrderId id) {
        Order order = orders.get(merchant, id);
        return CaptureView.of(order, movementTable.of(merchant, id));
    }

    CaptureView capture(MerchantId merchant, OrderId id, CaptureId capture) {
        return captures(merchant, id).stream()
                .filter(view -> view.captureId().equals(capture))
                .findFirst()
                .orElseThrow(() ->
                        Problem.notFound(
                                "NO_SUCH_CAPTURE", "The order has no capture " + capture + "."));
    }

    RefundView refund(MerchantId merchant, OrderId id, RefundId refund) {
        var _ = orders.get(merchant, id);
        return RefundView.of(movementTable.of(merchant, id)).stream()
                .filter(view -> view.refundId().equals(refund))
                .findFirst()
                .orElseThrow(() ->
                        Problem.notFound(
                                "NO_SUCH_REFUND", "The order has no refund " + refund + "."));
    }

    /** Lets go what is not captured; only of an order with no captures if {@code whole}. */
    void release(MerchantId merchant, OrderId id, boolean whole, IdempotencyKey key) {
        Instant now = Sql.now(clock);
        Order order = orders.get(merchant, id);
        OrderStatus status = order.status(now);
        if (whole && status == OrderStatus.CANCELLED) {
            return;
        }
        if (whole && status != OrderStatus.AUTHORIZED) {
            throw Refusals.cancel(order, now);
        }
        // What was captured or released since then makes the amount wrong, and is refused below.
        NewMovement rest =
                new NewMovement(order.amounts().capturable(), Movement.Details.NONE, null);
        var _ = movements.move(merchant, id, Movement.Kind.RELEASE, rest, key);
    }

    void authorize(MerchantId merchant, OrderId id, NewAuthorization authorization) {
        Instant now = Sql.now(clock);
        if (!table.authorize(merchant, id, authorization, now)) {
            throw Refusals.authorization(
                    orders.get(merchant, id), authorization.orderAmount(), now);
        }
    }

    void extend(MerchantId merchant, OrderId id) {
        Instant now = Sql.now(clock);
        Order order = orders.get(merchant, id);
        boolean extendable =
                order.paymentMethod().equals(EXTENDABLE_METHOD)
                        && !NEVER_EXTENDED.contains(String.valueOf(country(order)));
        if (!extendable
                || !table.extend(merchant, id, Orders.AUTHORIZED_FOR, LONGEST_AUTHORIZATION, now)) {
            throw Refusals.extension();
        }
    }

    void acknowledge(MerchantId merchant, OrderId id) {
        var _ = orders.get(merchant, id);
    }

    void reference(
            MerchantId merchant,
            OrderId id,
            @Nullable String reference1,
            @Nullable String reference2) {
        if (!table.reference(merchant, id, reference1, reference2, Sql.now(clock))) {
            throw Orders.unknown(id);
        }
    }

    void address(MerchantId merchant, OrderId id, Addresses addresses) {
        if (!table.address(merchant, id, addresses, Sql.now(clock))) {
            throw Orders.unknown(id);
        }
    }

    void address(MerchantId merchant, OrderId id, CaptureId capture, Addresses addresses) {
        var _ = capture(merchant, id, capture);
        movementTable.address(merchant, capture, addresses);
    }

    void ship(MerchantId merchant, OrderId id, List<ShippingInfo> info) {
        if (!table.ship(merchant, id, Json.write(info), Sql.now(clock))) {
            var _ = orders.get(merchant, id);
            throw Refusals.tooMuchShipping();
        }
    }

    void ship(MerchantId merchant, OrderId id, CaptureId capture, List<ShippingInfo> info) {
        var _ = capture(merchant, id, capture);
        if (!movementTable.ship(merchant, capture, Json.write(info))) {
            throw Refusals.tooMuchShipping();
        }
    }
}
