package dev.kassa.order;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.PublicUrl;
import dev.kassa.http.Query;
import dev.kassa.idempotency.IdempotencyKey;
import dev.kassa.kernel.CaptureId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.RefundId;
import dev.kassa.merchant.Merchant;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Order Management (contract 6.1). */
@RestController
@Requires(Permission.ORDERS_EDIT)
@RequestMapping("/ordermanagement/v1/orders/{order_id}")
final class OrderApi {
    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

    private final OrderManagement orders;
    private final Movements movements;
    private final PublicUrl url;

    OrderApi(OrderManagement orders, Movements movements, PublicUrl url) {
        this.orders = orders;
        this.movements = movements;
        this.url = url;
    }

    @Requires(Permission.ORDERS_READ)
    @GetMapping(produces = JSON)
    OrderView get(
            Merchant merchant, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return orders.view(merchant.id(), id, url.of(request, Orders.RECEIPT_PATH));
    }

    /** Belongs to a checkout's push; an in-person order is known to its merchant already. */
    @PostMapping("/acknowledge")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void acknowledge(Merchant merchant, @PathVariable("order_id") OrderId id) {
        orders.acknowledge(merchant.id(), id);
    }

    @Operation(callsProvider = true)
    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/cancel")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void cancel(Merchant merchant, @PathVariable("order_id") OrderId id, IdempotencyKey key) {
        orders.release(merchant.id(), id, true, key);
    }

    @Operation(callsProvider = true)
    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/release-remaining-authorization")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void release(Merchant merchant, @PathVariable("order_id") OrderId id, IdempotencyKey key) {
        orders.release(merchant.id(), id, false, key);
    }

    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/extend-authorization-time")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void extend(Merchant merchant, @PathVariable("order_id") OrderId id) {
        orders.extend(merchant.id(), id);
    }

    @Operation(bodyBytes = Limits.ORDER_LINES_BODY_BYTES)
    @Requires(Permission.ORDERS_CAPTURE)
    @PatchMapping("/authorization")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void authorize(Merchant merchant, @PathVariable("order_id") OrderId id, JsonObject body) {
        orders.authorize(merchant.id(), id, NewAuthorization.read(body));
    }

    @PatchMapping("/merchant-references")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reference(Merchant merchant, @PathVariable("order_id") OrderId id, JsonObject body) {
        String reference1 = body.optionalText("merchant_reference1", Limits.REFERENCE_CHARS);
        String reference2 = body.optionalText("merchant_reference2", Limits.REFERENCE_CHARS);
        body.faults().throwIfAny();

        orders.reference(merchant.id(), id, reference1, reference2);
    }

    @PatchMapping("/customer-details")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void address(Merchant merchant, @PathVariable("order_id") OrderId id, JsonObject body) {
        orders.address(merchant.id(), id, Addresses.read(body));
    }

    @Operation(bodyBytes = Limits.SHIPPING_INFO_BODY_BYTES)
    @PostMapping("/shipping-info")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void ship(Merchant merchant, @PathVariable("order_id") OrderId id, JsonObject body) {
        orders.ship(merchant.id(), id, shippingInfo(body));
    }

    @Requires(Permission.ORDERS_READ)
    @GetMapping(path = "/captures", produces = JSON)
    List<CaptureView> captures(
            Merchant merchant, @PathVariable("order_id") OrderId id, Query query) {
        query.refuseOthers();
        query.throwIfAny();

        return orders.captures(merchant.id(), id);
    }

    @Operation(bodyBytes = Limits.ORDER_LINES_BODY_BYTES, callsProvider = true)
    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/captures")
    ResponseEntity<Void> capture(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            JsonObject body,
            IdempotencyKey key,
            HttpServletRequest request) {
        NewMovement wanted = NewMovement.capture(body);
        CaptureId capture =
                movements.move(merchant.id(), id, Movement.Kind.CAPTURE, wanted, key).captureId();
        return created(request, "/captures/", capture.toString(), "Capture-Id", id);
    }

    @Requires(Permission.ORDERS_READ)
    @GetMapping(path = "/captures/{capture_id}", produces = JSON)
    CaptureView capture(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            @PathVariable("capture_id") CaptureId capture) {
        return orders.capture(merchant.id(), id, capture);
    }

    @Operation(bodyBytes = Limits.SHIPPING_INFO_BODY_BYTES)
    @PostMapping("/captures/{capture_id}/shipping-info")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void ship(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            @PathVariable("capture_id") CaptureId capture,
            JsonObject body) {
        orders.ship(merchant.id(), id, capture, shippingInfo(body));
    }

    /** Of one delivery alone, where it goes elsewhere than the rest of the order. */
    @PatchMapping("/captures/{capture_id}/customer-details")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void address(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            @PathVariable("capture_id") CaptureId capture,
            JsonObject body) {
        orders.address(merchant.id(), id, capture, Addresses.read(body));
    }

    /** The shopper has a receipt from the till; there is nothing more to send. */
    @PostMapping("/captures/{capture_id}/trigger-send-out")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void sendOut(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            @PathVariable("capture_id") CaptureId capture) {
        var _ = orders.capture(merchant.id(), id, capture);
    }

    @Operation(bodyBytes = Limits.ORDER_LINES_BODY_BYTES, callsProvider = true)
    @Requires(Permission.ORDERS_REFUND)
    @PostMapping("/refunds")
    ResponseEntity<Void> refund(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            JsonObject body,
            IdempotencyKey key,
            HttpServletRequest request) {
        NewMovement wanted = NewMovement.refund(body);
        RefundId refund =
                movements.move(merchant.id(), id, Movement.Kind.REFUND, wanted, key).refundId();
        return created(request, "/refunds/", refund.toString(), "Refund-Id", id);
    }

    @Requires(Permission.ORDERS_READ)
    @GetMapping(path = "/refunds/{refund_id}", produces = JSON)
    RefundView refund(
            Merchant merchant,
            @PathVariable("order_id") OrderId id,
            @PathVariable("refund_id") RefundId refund) {
        return orders.refund(merchant.id(), id, refund);
    }

    private static List<ShippingInfo> shippingInfo(JsonObject body) {
        List<ShippingInfo> info =
                body.requiredList("shipping_info", Limits.SHIPPING_INFO, ShippingInfo::read);
        body.faults().throwIfAny();
        return info;
    }

    private ResponseEntity<Void> created(
            HttpServletRequest request, String kind, String made, String header, OrderId order) {
        String path = "/ordermanagement/v1/orders/" + order + kind + made;
        return ResponseEntity.created(URI.create(url.of(request, path)))
                .header(header, made)
                .build();
    }
}
