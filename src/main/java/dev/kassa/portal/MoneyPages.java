package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.database.Sql;
import dev.kassa.http.Operation;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.OrderId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.Secrets;
import dev.kassa.merchant.PortalUser;
import dev.kassa.order.Order;
import dev.kassa.order.OrderDesk;
import dev.kassa.order.OrderDesk.Move;
import dev.kassa.order.Orders;
import dev.kassa.receipt.ReceiptLine;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.ModelAndView;

/**
 * Refund, capture and release: a form, a page that repeats the amount, and then it is done, once
 * however often the button is pressed, and to the order as it was seen.
 */
@Controller
final class MoneyPages {
    /** Bytes of a form's key, so that nobody's key is another's by chance. */
    private static final int KEY_BYTES = 18;

    private final PortalView view;
    private final Orders orders;
    private final OrderDesk desk;
    private final InstantSource clock;

    MoneyPages(PortalView view, Orders orders, OrderDesk desk, InstantSource clock) {
        this.view = view;
        this.orders = orders;
        this.desk = desk;
        this.clock = clock;
    }

    @Requires(Permission.ORDERS_REFUND)
    @GetMapping("/portal/orders/{order_id}/refund")
    ModelAndView refund(PortalUser user, @PathVariable("order_id") OrderId id) {
        return opened(user, id, Move.REFUND);
    }

    @Requires(Permission.ORDERS_CAPTURE)
    @GetMapping("/portal/orders/{order_id}/capture")
    ModelAndView capture(PortalUser user, @PathVariable("order_id") OrderId id) {
        return opened(user, id, Move.CAPTURE);
    }

    private ModelAndView opened(PortalUser user, OrderId id, Move move) {
        Order order = orders.get(user.merchant(), id);
        return form(user, order, MoneyForm.empty(move, order), null);
    }

    private ModelAndView form(
            PortalUser user, Order order, MoneyForm form, @Nullable String fault) {
        ModelAndView page =
                page("money", user, order, form)
                        .addObject("lines", ReceiptLine.read(order.orderLines()))
                        .addObject("reasonChars", Limits.DESCRIPTION_CHARS)
                        .addObject("fault", fault);
        if (fault != null) {
            page.setStatus(HttpStatus.BAD_REQUEST);
        }
        return page;
    }

    private ModelAndView page(String template, PortalUser user, Order order, MoneyForm form) {
        return view.page(template, PortalView.Entry.ORDERS, user)
                .addObject("order", order)
                .addObject("form", form)
                .addObject("most", form.move().most(order, Sql.now(clock)));
    }

    @Requires(Permission.ORDERS_REFUND)
    @GetMapping("/portal/orders/{order_id}/refund/confirm")
    ModelAndView confirmRefund(
            PortalUser user, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return confirm(user, id, MoneyForm.read(Move.REFUND, request));
    }

    @Requires(Permission.ORDERS_CAPTURE)
    @GetMapping("/portal/orders/{order_id}/capture/confirm")
    ModelAndView confirmCapture(
            PortalUser user, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return confirm(user, id, MoneyForm.read(Move.CAPTURE, request));
    }

    @Requires(Permission.ORDERS_CAPTURE)
    @GetMapping("/portal/orders/{order_id}/release/confirm")
    ModelAndView confirmRelease(PortalUser user, @PathVariable("order_id") OrderId id) {
        Order order = orders.get(user.merchant(), id);
        return confirm(user, order, MoneyForm.empty(Move.RELEASE, order), null);
    }

    private ModelAndView confirm(PortalUser user, OrderId id, MoneyForm form) {
        Order order = orders.get(user.merchant(), id);
        String fault = form.fault(order, form.move().most(order, Sql.now(clock)));
        return fault == null ? confirm(user, order, form, null) : form(user, order, form, fault);
    }

    /** {@code refused}: why it was not done when the button was pressed. */
    private ModelAndView confirm(
            PortalUser user, Order order, MoneyForm form, @Nullable Problem refused) {
        ModelAndView page =
                page("money-confirm", user, order, form)
                        .addObject("amount", form.amount(order, Sql.now(clock)).orElse(0L))
                        .addObject("key", Secrets.text(KEY_BYTES))
                        .addObject("refused", refused == null ? null : refused.getMessage());
        if (refused != null) {
            page.setStatus(HttpStatus.CONFLICT);
        }
        return page;
    }

    @StepUp
    @Operation(callsProvider = true)
    @Requires(Permission.ORDERS_REFUND)
    @PostMapping("/portal/orders/{order_id}/refund")
    ModelAndView doRefund(
            PortalUser user, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return decide(user, id, Move.REFUND, request);
    }

    @StepUp
    @Operation(callsProvider = true)
    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/portal/orders/{order_id}/capture")
    ModelAndView doCapture(
            PortalUser user, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return decide(user, id, Move.CAPTURE, request);
    }

    @StepUp
    @Operation(callsProvider = true)
    @Requires(Permission.ORDERS_CAPTURE)
    @PostMapping("/portal/orders/{order_id}/release")
    ModelAndView doRelease(
            PortalUser user, @PathVariable("order_id") OrderId id, HttpServletRequest request) {
        return decide(user, id, Move.RELEASE, request);
    }

    private ModelAndView decide(
            PortalUser user, OrderId id, Move move, HttpServletRequest request) {
        MoneyForm form = MoneyForm.read(move, request);
        Order order = orders.get(user.merchant(), id);
        try {
            desk.decide(user.merchant(), id, form.decision(order, request));
        } catch (Problem refused) {
            if (refused.kind() != Problem.Kind.FORBIDDEN
                    && refused.kind() != Problem.Kind.CONFLICT) {
                throw refused;
            }
            Order now = orders.get(user.merchant(), id);
            return confirm(user, now, form, refused);
        }
        return new ModelAndView("redirect:/portal/orders/" + id);
    }
}
