package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Enrollments;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.LocationId;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import dev.kassa.paging.Paging;
import dev.kassa.support.DeviceSearch;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Devices, and the codes that pair them. */
@Controller
@Requires(Permission.DEVICES_READ)
final class DevicePages {
    private static final Paging ALL = new Paging(0, 100);
    private static final Duration LIFE = Duration.ofHours(2);

    private final PortalView view;
    private final DeviceSearch devices;
    private final Enrollments enrollments;
    private final Locations locations;

    DevicePages(
            PortalView view, DeviceSearch devices, Enrollments enrollments, Locations locations) {
        this.view = view;
        this.devices = devices;
        this.enrollments = enrollments;
        this.locations = locations;
    }

    @GetMapping("/portal/devices")
    ModelAndView devices(PortalUser user) {
        return view.page("devices", PortalView.Entry.DEVICES, user)
                .addObject("devices", devices.list(user.merchant(), ALL.size()));
    }

    @Requires(Permission.DEVICES_MANAGE)
    @GetMapping("/portal/enrollments")
    ModelAndView enrollments(PortalUser user) {
        return view.page("enrollments", PortalView.Entry.ENROLLMENTS, user)
                .addObject("locations", locations.list(user.merchant(), ALL).content())
                .addObject(
                        "codes",
                        enrollments
                                .list(
                                        user.merchant(),
                                        new Enrollments.Filter(null, Map.of(), false),
                                        ALL)
                                .content());
    }

    @Requires(Permission.DEVICES_MANAGE)
    @PostMapping("/portal/enrollments")
    ModelAndView create(
            PortalUser user,
            @RequestParam(name = "location", required = false) @Nullable String location) {
        var _ =
                enrollments.create(
                        user.merchant(),
                        location == null || location.isEmpty() ? null : LocationId.parse(location),
                        LIFE,
                        Map.of());
        return new ModelAndView("redirect:/portal/enrollments");
    }

    @Requires(Permission.DEVICES_MANAGE)
    @PostMapping("/portal/enrollments/{enrollment_id}/withdraw")
    ModelAndView withdraw(PortalUser user, @PathVariable("enrollment_id") EnrollmentId id) {
        enrollments.withdraw(user.merchant(), id);
        return new ModelAndView("redirect:/portal/enrollments");
    }
}
