package dev.kassa.receipt;

import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.OrderId;
import dev.kassa.location.Location;
import dev.kassa.location.Locations;
import dev.kassa.merchant.MerchantDetails;
import dev.kassa.merchant.Merchants;
import dev.kassa.order.Market;
import dev.kassa.order.Order;
import dev.kassa.order.Orders;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Puts receipts together. */
@Service
public final class Receipts {
    private final Orders orders;
    private final Locations locations;
    private final Merchants merchants;
    private final InstantSource clock;

    Receipts(Orders orders, Locations locations, Merchants merchants, InstantSource clock) {
        this.orders = orders;
        this.locations = locations;
        this.merchants = merchants;
        this.clock = clock;
    }

    /** The receipt of one of the merchant's orders; {@code base} is the URL before its token. */
    public Receipt of(MerchantId merchant, OrderId order, String base) {
        return of(orders.get(merchant, order), base);
    }

    /** The receipt that a link ends in {@code token} for; of any merchant. */
    Optional<Receipt> find(String token, String base) {
        return orders.ofReceipt(token).map(order -> of(order, base));
    }

    private Receipt of(Order order, String base) {
        Location store = locations.get(order.merchantId(), order.locationId());
        MerchantDetails merchant = merchants.get(order.merchantId());
        Market market = Market.of(store.country());
        List<ReceiptLine> lines = ReceiptLine.read(order.orderLines());
        long amount = order.amounts().order();
        long captured = order.amounts().captured();
        long refunded = order.amounts().refunded();
        return new Receipt(
                order.id(),
                order.shortReference(),
                order.merchantReference1(),
                order.status(clock.instant()),
                new Receipt.Store(
                        store.name(),
                        store.streetAddress(),
                        store.streetAddress2(),
                        store.postalCode(),
                        store.city(),
                        store.country(),
                        merchant.receiptAddress(),
                        merchant.organisationNumber()),
                order.createdAt(),
                market.zone().getId(),
                market.locale(),
                order.purchaseCurrency(),
                lines,
                amount,
                order.orderTaxAmount(),
                Vat.of(lines, order.orderTaxAmount(), amount),
                order.paymentMethod(),
                order.maskedCard(),
                captured,
                refunded,
                captured - refunded,
                orders.refunds(order).stream()
                        .map(refund ->
                                new Receipt.Refund(
                                        refund.amount(), refund.refundedAt(), refund.description()))
                        .toList(),
                base + order.receiptToken());
    }
}
