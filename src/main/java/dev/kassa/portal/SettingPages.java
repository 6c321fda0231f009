package dev.kassa.portal;

import dev.kassa.access.AuditLog;
import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.location.Locations;
import dev.kassa.merchant.PortalUser;
import dev.kassa.paging.Paging;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What a merchant has, to look at: locations, and who changed what. */
@Controller
final class SettingPages {
    private static final Paging ALL = new Paging(0, 100);
    private static final int LINES = 50;

    private final PortalView view;
    private final Locations locations;
    private final AuditLog audit;

    SettingPages(PortalView view, Locations locations, AuditLog audit) {
        this.view = view;
        this.locations = locations;
        this.audit = audit;
    }

    @Requires(Permission.LOCATIONS_READ)
    @GetMapping("/portal/locations")
    ModelAndView locations(PortalUser user) {
        return view.page("locations", PortalView.Entry.LOCATIONS, user)
                .addObject("locations", locations.list(user.merchant(), ALL).content());
    }

    @Requires(Permission.AUDIT_READ)
    @GetMapping("/portal/audit")
    ModelAndView audit(
            PortalUser user,
            @RequestParam(name = "before", defaultValue = "9223372036854775807") long before) {
        List<AuditLog.Line> lines = audit.newest(user.merchant(), before, LINES + 1);
        boolean more = lines.size() > LINES;
        return view.page("audit", PortalView.Entry.AUDIT, user)
                .addObject("lines", more ? List.copyOf(lines.subList(0, LINES)) : lines)
                .addObject("more", more);
    }
}
