package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Device;
import dev.kassa.device.Devices;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.Problem;
import dev.kassa.location.Location;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import dev.kassa.support.DeviceSearch;
import dev.kassa.support.SessionSearch;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Devices: which can be reached, and each with its queue and what may be changed of it. */
@Controller
@Requires(Permission.DEVICES_READ)
final class DevicePages {
    private static final int PAGE = 50;

    private final PortalView view;
    private final DeviceSearch search;
    private final SessionSearch sessions;
    private final Devices devices;
    private final Locations locations;

    DevicePages(
            PortalView view,
            DeviceSearch search,
            SessionSearch sessions,
            Devices devices,
            Locations locations) {
        this.view = view;
        this.search = search;
        this.sessions = sessions;
        this.devices = devices;
        this.locations = locations;
    }

    @GetMapping("/portal/devices")
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "online", defaultValue = "false") boolean online,
            @RequestParam(name = "name", defaultValue = "") String name,
            @RequestParam(name = "after", required = false) @Nullable DeviceId after) {
        List<DeviceSearch.Found> found =
                search.list(
                        user.merchant(),
                        after == null ? null : new DeviceSearch.After(online, name, after),
                        PAGE + 1);
        return view.page("devices", PortalView.Entry.DEVICES, user)
                .addObject("devices", found.subList(0, Math.min(PAGE, found.size())))
                .addObject("more", found.size() > PAGE)
                .addObject("exported", Limits.EXPORT_LINES)
                .addObject("manages", mayManage(user));
    }

    private static boolean mayManage(PortalUser user) {
        return user.role().permissions().contains(Permission.DEVICES_MANAGE);
    }

    @GetMapping("/portal/devices/export.csv")
    void export(PortalUser user, HttpServletResponse response) throws IOException {
        CsvExport.<DeviceSearch.Found>write(
                response,
                "devices",
                List.of(
                        "device_id",
                        "name",
                        "location",
                        "platform",
                        "online",
                        "last_seen_at",
                        "waiting"),
                (last, limit) ->
                        search.list(
                                user.merchant(),
                                last == null
                                        ? null
                                        : new DeviceSearch.After(
                                                last.online(), last.name(), last.id()),
                                limit),
                one ->
                        Arrays.asList(
                                one.id(),
                                one.name(),
                                one.location(),
                                one.platform(),
                                one.online(),
                                CsvExport.time(one.lastSeenAt(), user.zone()),
                                one.waiting()));
    }

    @GetMapping("/portal/devices/{device_id}")
    ModelAndView one(PortalUser user, @PathVariable("device_id") DeviceId id) {
        Devices.Seen seen = devices.look(user.merchant(), id);
        return page(user, seen, form(seen));
    }

    private static PortalForm form(Devices.Seen seen) {
        Device device = seen.device();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("name", device.name());
        if (device.locationId() != null) {
            values.put("location_id", device.locationId().toString());
        }
        values.put("seen", seen.version());
        return PortalForm.of(values, device.metadata());
    }

    private ModelAndView page(PortalUser user, Devices.Seen seen, PortalForm form) {
        Device device = seen.device();
        LocationId at = device.locationId();
        Location location = at == null ? null : locations.get(user.merchant(), at);
        return form.on(
                view.page("device", PortalView.Entry.DEVICES, user)
                        .addObject(
                                "f",
                                view.formats(location == null ? user.zone() : location.timeZone()))
                        .addObject("device", device)
                        .addObject("location", location)
                        .addObject("found", search.find(user.merchant(), device.id()).orElseThrow())
                        .addObject(
                                "queue",
                                sessions.openOn(user.merchant(), device.id(), Limits.OPEN_SESSIONS))
                        .addObject(
                                "locations",
                                locations.byName(user.merchant(), null, Limits.LARGE_PAGE_SIZE))
                        .addObject("manages", mayManage(user)));
    }

    @Operation(bodyBytes = Limits.METADATA_FORM_BYTES)
    @Requires(Permission.DEVICES_MANAGE)
    @PostMapping("/portal/devices/{device_id}")
    ModelAndView change(
            PortalUser user,
            @PathVariable("device_id") DeviceId id,
            @RequestParam Map<String, String> typed) {
        Devices.Seen before = devices.look(user.merchant(), id);
        PortalForm form = PortalForm.of(typed);
        try {
            var _ = devices.replace(user.merchant(), id, read(form), form.value("seen"));
            return new ModelAndView("redirect:/portal/devices/" + id);
        } catch (Problem refused) {
            PortalForm again = form.refused(refused, "form.stale");
            return page(
                    user,
                    before,
                    !again.isAtFault() ? again.with("seen", before.version()) : again);
        }
    }

    private static Devices.Replacement read(PortalForm form) {
        JsonObject body = form.bodyWithMetadata("name", "location_id");
        Devices.Replacement replacement = Devices.Replacement.read(body);
        if (replacement.name() == null) {
            // The API would keep the name; here somebody has emptied the field.
            body.fault("name", "is missing");
        }
        body.faults().throwIfAny();
        return replacement;
    }

    @Requires(Permission.DEVICES_MANAGE)
    @PostMapping("/portal/devices/{device_id}/deregister")
    ModelAndView deregister(PortalUser user, @PathVariable("device_id") DeviceId id) {
        devices.deregister(user.merchant(), id);
        return new ModelAndView("redirect:/portal/devices");
    }
}
