package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Enrollments;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.kernel.EnrollmentId;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.kernel.Problem;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import dev.kassa.pos.QrCodeSvg;
import dev.kassa.support.EnrollmentSearch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** The codes that pair devices: one is made for a location, then typed or scanned. */
@Controller
@Requires(Permission.DEVICES_MANAGE)
final class EnrollmentPages {
    private static final int PAGE = 20;

    /** The longest life of a code that is short enough to be typed. */
    private static final Duration LIFE = Duration.ofHours(2);

    private final PortalView view;
    private final EnrollmentSearch search;
    private final Enrollments enrollments;
    private final Locations locations;

    EnrollmentPages(
            PortalView view,
            EnrollmentSearch search,
            Enrollments enrollments,
            Locations locations) {
        this.view = view;
        this.search = search;
        this.enrollments = enrollments;
        this.locations = locations;
    }

    @GetMapping("/portal/enrollments")
    ModelAndView list(
            PortalUser user,
            @RequestParam(name = "before", required = false) @Nullable EnrollmentId before) {
        return page(user, before, PortalForm.of(Map.of()));
    }

    private ModelAndView page(PortalUser user, @Nullable EnrollmentId before, PortalForm form) {
        List<EnrollmentSearch.Found> found = search.list(user.merchant(), before, PAGE + 1);
        return form.on(
                view.page("enrollments", PortalView.Entry.ENROLLMENTS, user)
                        .addObject(
                                "locations",
                                locations.byName(user.merchant(), null, Limits.LARGE_PAGE_SIZE))
                        .addObject("codes", found.subList(0, Math.min(PAGE, found.size())))
                        .addObject("more", found.size() > PAGE));
    }

    @Operation(bodyBytes = Limits.METADATA_FORM_BYTES)
    @PostMapping("/portal/enrollments")
    ModelAndView create(PortalUser user, @RequestParam Map<String, String> typed) {
        PortalForm form = PortalForm.of(typed);
        try {
            JsonObject body = form.bodyWithMetadata("location_id");
            LocationId location = body.optional("location_id", "a UUID", LocationId::parse);
            Map<String, String> metadata = body.metadata("metadata");
            body.faults().throwIfAny();
            EnrollmentId made =
                    enrollments.create(user.merchant(), location, LIFE, metadata).enrollmentId();
            return new ModelAndView("redirect:/portal/enrollments/" + made);
        } catch (Problem refused) {
            return page(user, null, form.refused(refused, ""));
        }
    }

    @GetMapping("/portal/enrollments/{enrollment_id}")
    ModelAndView one(PortalUser user, @PathVariable("enrollment_id") EnrollmentId id) {
        EnrollmentSearch.Found found = find(user, id);
        return view.page("enrollment", PortalView.Entry.ENROLLMENTS, user)
                .addObject("f", view.formats(found.zone()))
                .addObject("code", found);
    }

    private EnrollmentSearch.Found find(PortalUser user, EnrollmentId id) {
        return search.find(user.merchant(), id)
                .orElseThrow(() ->
                        Problem.notFound(
                                "There is no such code, or it was withdrawn. Make a new one."));
    }

    /**
     * For the page's script: nothing while the code waits, then that the page is to be read anew.
     */
    @GetMapping("/portal/enrollments/{enrollment_id}/state")
    ResponseEntity<Void> state(PortalUser user, @PathVariable("enrollment_id") EnrollmentId id) {
        ResponseEntity.HeadersBuilder<?> answer = ResponseEntity.noContent();
        return (find(user, id).status().equals("PENDING")
                        ? answer
                        : answer.header("HX-Refresh", "true"))
                .build();
    }

    /** The code and nothing else, which is what an app takes. */
    @GetMapping(path = "/portal/enrollments/{enrollment_id}/qr.svg", produces = "image/svg+xml")
    ResponseEntity<String> qr(PortalUser user, @PathVariable("enrollment_id") EnrollmentId id) {
        EnrollmentSearch.Found found = find(user, id);
        if (!found.status().equals("PENDING")) {
            throw Problem.notFound("This code cannot be used any more. Make a new one.");
        }
        return ResponseEntity.ok(QrCodeSvg.of(found.code()));
    }

    @PostMapping("/portal/enrollments/{enrollment_id}/withdraw")
    ModelAndView withdraw(PortalUser user, @PathVariable("enrollment_id") EnrollmentId id) {
        enrollments.withdraw(user.merchant(), id);
        return new ModelAndView("redirect:/portal/enrollments");
    }
}
