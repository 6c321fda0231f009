package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.Problem;
import dev.kassa.location.Location;
import dev.kassa.location.LocationProfile;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import java.text.Collator;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Where the merchant sells: the list, and each location with its address and its time zone. */
@Controller
@Requires(Permission.LOCATIONS_READ)
final class LocationPages {
    private static final int PAGE = 50;

    private static final String[] FIELDS = {
        "name", "street_address", "street_address2", "postal_code", "city", "country", "time_zone"
    };

    /** By continent. Names that stand for another one, or for an offset, are not offered. */
    private static final Map<String, List<String>> ZONES =
            ZoneId.getAvailableZoneIds().stream()
                    .filter(id ->
                            id.matches(
                                    "(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian"
                                            + "|Pacific)/.*"))
                    .sorted()
                    .collect(
                            Collectors.groupingBy(
                                    id -> id.substring(0, id.indexOf('/')),
                                    TreeMap::new,
                                    Collectors.toList()));

    private final PortalView view;
    private final Locations locations;

    LocationPages(PortalView view, Locations locations) {
        this.view = view;
        this.locations = locations;
    }

    @GetMapping("/portal/locations")
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "after", required = false) @Nullable LocationId after) {
        List<Location> found = locations.byName(user.merchant(), after, PAGE + 1);
        return view.page("locations", PortalView.Entry.LOCATIONS, user)
                .addObject("locations", found.subList(0, Math.min(PAGE, found.size())))
                .addObject("more", found.size() > PAGE)
                .addObject("manages", mayManage(user));
    }

    private static boolean mayManage(PortalUser user) {
        return user.role().permissions().contains(Permission.LOCATIONS_MANAGE);
    }

    @Requires(Permission.LOCATIONS_MANAGE)
    @GetMapping("/portal/locations/new")
    ModelAndView blank(PortalUser user) {
        String country =
                locations.byName(user.merchant(), null, 1).stream()
                        .map(Location::country)
                        .findFirst()
                        .orElse("SE");
        return page(
                user,
                null,
                PortalForm.of(Map.of("country", country, "time_zone", user.zone().getId())));
    }

    @Requires(Permission.LOCATIONS_MANAGE)
    @PostMapping("/portal/locations")
    ModelAndView create(PortalUser user, @RequestParam Map<String, String> typed) {
        PortalForm form = PortalForm.of(typed);
        try {
            return to(locations.create(user.merchant(), read(form)));
        } catch (Problem refused) {
            return page(user, null, form.refused(refused, ""));
        }
    }

    private static LocationProfile read(PortalForm form) {
        JsonObject body = form.body(FIELDS);
        LocationProfile profile = LocationProfile.read(body);
        body.faults().throwIfAny();
        return profile;
    }

    private static ModelAndView to(LocationId location) {
        return new ModelAndView("redirect:/portal/locations/" + location);
    }

    @GetMapping("/portal/locations/{location_id}")
    ModelAndView one(PortalUser user, @PathVariable("location_id") LocationId id) {
        Location location = locations.get(user.merchant(), id);
        return page(user, location, PortalForm.of(values(location)));
    }

    private static Map<String, String> values(Location location) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("name", location.name());
        put(values, "street_address", location.streetAddress());
        put(values, "street_address2", location.streetAddress2());
        put(values, "postal_code", location.postalCode());
        put(values, "city", location.city());
        put(values, "country", location.country());
        values.put("time_zone", location.timeZone().getId());
        values.put("seen", location.updatedAt().toString());
        return values;
    }

    private static void put(Map<String, String> values, String field, @Nullable String value) {
        if (value != null) {
            values.put(field, value);
        }
    }

    @Requires(Permission.LOCATIONS_MANAGE)
    @PostMapping("/portal/locations/{location_id}")
    ModelAndView edit(
            PortalUser user,
            @PathVariable("location_id") LocationId id,
            @RequestParam Map<String, String> typed) {
        Location before = locations.get(user.merchant(), id);
        PortalForm form = PortalForm.of(typed);
        try {
            JsonObject seen = form.body("seen");
            Instant version = seen.requiredInstant("seen");
            seen.faults().throwIfAny();
            locations.replace(user.merchant(), id, read(form), version);
            return to(id);
        } catch (Problem refused) {
            PortalForm again = form.refused(refused, "form.stale");
            return page(
                    user,
                    before,
                    !again.isAtFault() ? again.with("seen", before.updatedAt().toString()) : again);
        }
    }

    private ModelAndView page(PortalUser user, @Nullable Location location, PortalForm form) {
        ModelAndView page =
                view.page("location", PortalView.Entry.LOCATIONS, user)
                        .addObject("location", location)
                        .addObject("manages", mayManage(user))
                        .addObject("countries", countries())
                        .addObject("zones", ZONES);
        if (location != null) {
            page.addObject("f", view.formats(location.timeZone()));
        }
        return form.on(page);
    }

    /** Their codes by their names, as the reader's language sorts them. */
    private List<String> countries() {
        PortalFormats names = view.formats(ZoneId.of("UTC"));
        Collator collator = Collator.getInstance(LocaleContextHolder.getLocale());
        return Arrays.stream(Locale.getISOCountries())
                .sorted(Comparator.comparing(names::country, collator))
                .toList();
    }
}
