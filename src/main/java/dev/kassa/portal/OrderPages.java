package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.database.Sql;
import dev.kassa.kernel.OrderId;
import dev.kassa.merchant.PortalUser;
import dev.kassa.order.Order;
import dev.kassa.order.OrderDesk;
import dev.kassa.order.OrderDesk.Move;
import dev.kassa.order.OrderStatus;
import dev.kassa.order.Orders;
import dev.kassa.receipt.ReceiptLine;
import dev.kassa.support.OrderSearch;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The merchant's orders: found, and each with its money. */
@Controller
@Requires(Permission.ORDERS_READ)
final class OrderPages {
    private static final int PAGE = 50;

    private final PortalView view;
    private final OrderSearch search;
    private final Orders orders;
    private final OrderDesk desk;
    private final InstantSource clock;

    OrderPages(
            PortalView view,
            OrderSearch search,
            Orders orders,
            OrderDesk desk,
            InstantSource clock) {
        this.view = view;
        this.search = search;
        this.orders = orders;
        this.desk = desk;
        this.clock = clock;
    }

    @GetMapping("/portal/orders")
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "q", defaultValue = "") String text,
            @RequestParam(name = "show", defaultValue = "") String filter,
            @RequestParam(name = "before", required = false) @Nullable String before) {
        OrderSearch.Query query = OrderSearch.Query.of(text, filter, before);
        return view.page("orders", PortalView.Entry.ORDERS, user)
                .addObject("query", query)
                .addObject("filters", OrderSearch.Filter.values())
                .addObject("page", search.find(user.merchant(), query, PAGE));
    }

    @GetMapping("/portal/orders/{order_id}")
    ModelAndView one(PortalUser user, @PathVariable("order_id") OrderId id) {
        Instant now = Sql.now(clock);
        Order order = orders.get(user.merchant(), id);
        List<OrderDesk.Moved> history = desk.history(order);
        return view.page("order", PortalView.Entry.ORDERS, user)
                .addObject("order", order)
                .addObject("status", order.status(now))
                .addObject("lines", ReceiptLine.read(order.orderLines()))
                .addObject("history", history)
                .addObject(
                        "unknown",
                        history.stream().anyMatch(moved -> moved.status().equals("PENDING")))
                .addObject("moves", allowed(user, order, now))
                .addObject("whole", order.status(now) == OrderStatus.AUTHORIZED)
                .addObject("receipt", Orders.RECEIPT_PATH + order.receiptToken());
    }

    /** What this user can do with this order now. */
    private static Set<Move> allowed(PortalUser user, Order order, Instant now) {
        Set<Move> allowed = EnumSet.noneOf(Move.class);
        for (Move move : Move.values()) {
            Permission needed =
                    move == Move.REFUND ? Permission.ORDERS_REFUND : Permission.ORDERS_CAPTURE;
            if (user.role().permissions().contains(needed) && move.most(order, now) > 0) {
                allowed.add(move);
            }
        }
        return allowed;
    }
}
