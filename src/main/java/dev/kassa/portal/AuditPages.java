package dev.kassa.portal;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditLog;
import dev.kassa.access.AuditSearch;
import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Text;
import dev.kassa.merchant.PortalUser;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** Who changed what: the audit log, by person, action, thing and day. */
@Controller
@Requires(Permission.AUDIT_READ)
final class AuditPages {
    private static final int PAGE = 50;
    private static final int TEXT_CHARS = 255;

    private final PortalView view;
    private final AuditSearch audit;

    AuditPages(PortalView view, AuditSearch audit) {
        this.view = view;
        this.audit = audit;
    }

    /**
     * What was asked for, as it stands in the address; what cannot be is left out.
     *
     * @param from the first day in the reader's time; empty for any
     * @param to the last day; empty for any
     */
    record Asked(String actor, String action, String subject, String from, String to) {
        static Asked of(Map<String, String> parameters) {
            return new Asked(
                    text(parameters, "actor"),
                    AuditAction.of(text(parameters, "action")).map(AuditAction::wire).orElse(""),
                    text(parameters, "subject"),
                    day(parameters, "from"),
                    day(parameters, "to"));
        }

        private static String text(Map<String, String> parameters, String name) {
            return Text.storable(parameters.getOrDefault(name, "").strip(), TEXT_CHARS);
        }

        private static String day(Map<String, String> parameters, String name) {
            String day = text(parameters, name);
            try {
                // With years of four digits, which every part of the way can count with.
                return day.matches("[12]\\d{3}-\\d\\d-\\d\\d")
                        ? LocalDate.parse(day).toString()
                        : "";
            } catch (DateTimeException e) {
                return "";
            }
        }

        /** Whether anything is left out of the list. */
        public boolean narrows() {
            return !(actor + action + subject + from + to).isEmpty();
        }

        AuditSearch.Filter filter(ZoneId zone, long before) {
            return new AuditSearch.Filter(
                    // A person is known by the e-mail address; all others are kind:name.
                    actor.isEmpty() || actor.contains(":") ? actor : "user:" + actor,
                    AuditAction.of(action).orElse(null),
                    subject,
                    start(from, 0, zone),
                    start(to, 1, zone),
                    before);
        }

        private static @Nullable Instant start(String day, int later, ZoneId zone) {
            return day.isEmpty()
                    ? null
                    : LocalDate.parse(day).plusDays(later).atStartOfDay(zone).toInstant();
        }
    }

    @GetMapping("/portal/audit")
    ModelAndView list(
            PortalUser user,
            @RequestParam Map<String, String> parameters,
            @RequestParam(name = "before", defaultValue = "9223372036854775807") long before) {
        Asked asked = Asked.of(parameters);
        List<AuditLog.Line> lines =
                audit.find(user.merchant(), asked.filter(user.zone(), before), PAGE + 1);
        return view.page("audit", PortalView.Entry.AUDIT, user)
                .addObject("asked", asked)
                .addObject(
                        "actions",
                        Arrays.stream(AuditAction.values())
                                .map(AuditAction::wire)
                                .sorted()
                                .toList())
                .addObject("exported", Limits.EXPORT_LINES)
                .addObject("lines", lines.subList(0, Math.min(PAGE, lines.size())))
                .addObject("more", lines.size() > PAGE);
    }

    @GetMapping("/portal/audit/export.csv")
    void export(
            PortalUser user,
            @RequestParam Map<String, String> parameters,
            HttpServletResponse response)
            throws IOException {
        Asked asked = Asked.of(parameters);
        CsvExport.<AuditLog.Line>write(
                response,
                "audit",
                List.of(
                        "audit_id",
                        "at",
                        "actor",
                        "action",
                        "subject",
                        "before",
                        "after",
                        "address",
                        "correlation_id"),
                (last, limit) ->
                        audit.find(
                                user.merchant(),
                                asked.filter(
                                        user.zone(),
                                        last == null ? Long.MAX_VALUE : last.auditId()),
                                limit),
                one ->
                        Arrays.asList(
                                one.auditId(),
                                CsvExport.time(one.at(), user.zone()),
                                one.actor(),
                                one.action(),
                                one.subject(),
                                one.before(),
                                one.after(),
                                one.address(),
                                one.correlationId()));
    }
}
