package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.merchant.PortalUser;
import dev.kassa.support.DaySales;
import dev.kassa.support.DeviceSearch;
import dev.kassa.support.OrderSearch;
import dev.kassa.support.SessionSearch;
import dev.kassa.webhook.DestinationHealth;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.servlet.ModelAndView;

/** What needs a person, then what was sold today. */
@Controller
@Requires(Permission.SESSIONS_READ)
final class HomePage {
    private static final int LATEST = 10;

    /** Things of one kind that are counted; more are said to be as many. */
    private static final int COUNTED = 50;

    private final PortalView view;
    private final SessionSearch sessions;
    private final OrderSearch orders;
    private final DeviceSearch devices;
    private final DestinationHealth destinations;
    private final DaySales sales;

    HomePage(
            PortalView view,
            SessionSearch sessions,
            OrderSearch orders,
            DeviceSearch devices,
            DestinationHealth destinations,
            DaySales sales) {
        this.view = view;
        this.sessions = sessions;
        this.orders = orders;
        this.devices = devices;
        this.destinations = destinations;
        this.sales = sales;
    }

    /** Something that a person is to look at: the key of its text, how many, and where. */
    record Need(String key, long count, String path) {}

    @GetMapping("/portal")
    ModelAndView home(PortalUser user) {
        return view.page("home", PortalView.Entry.HOME, user)
                .addObject("unknown", sessions.unknown(user.merchant(), LATEST))
                .addObject("needs", needs(user))
                .addObject("sales", sales.today(user.merchant(), user.zone()))
                .addObject(
                        "latest",
                        sessions.find(user.merchant(), SessionSearch.Query.NONE, LATEST).found());
    }

    /** What this user may look at, that is. */
    private List<Need> needs(PortalUser user) {
        List<Need> needs = new ArrayList<>();
        if (user.role().permissions().contains(Permission.ORDERS_READ)) {
            var unknown = new OrderSearch.Query("", OrderSearch.Filter.UNKNOWN, null);
            needs.add(
                    new Need(
                            "home.need.orders",
                            orders.find(user.merchant(), unknown, COUNTED).found().size(),
                            "/portal/orders?show=UNKNOWN"));
        }
        if (user.role().permissions().contains(Permission.WEBHOOKS_READ)) {
            needs.add(
                    new Need(
                            "home.need.webhooks",
                            destinations.list(user.merchant()).stream()
                                    .filter(line -> line.state() == DestinationHealth.State.FAILING)
                                    .count(),
                            "/portal/webhooks"));
        }
        if (user.role().permissions().contains(Permission.DEVICES_READ)) {
            needs.add(
                    new Need(
                            "home.need.devices",
                            devices.list(user.merchant(), null, COUNTED).stream()
                                    .filter(device -> !device.online() && !device.simulated())
                                    .filter(device -> device.waiting() > 0)
                                    .count(),
                            "/portal/devices"));
        }
        needs.removeIf(need -> need.count() == 0);
        return needs;
    }
}
