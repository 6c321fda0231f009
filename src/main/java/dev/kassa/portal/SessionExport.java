package dev.kassa.portal;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.kernel.MerchantId;
import dev.kassa.merchant.PortalUser;
import dev.kassa.support.SessionSearch;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The list of sessions as a file, by the same search. */
@Controller
@Requires(Permission.SESSIONS_READ)
final class SessionExport {
    private static final List<String> COLUMNS =
            List.of(
                    "session_id",
                    "created_at",
                    "status",
                    "unknown",
                    "amount",
                    "currency",
                    "merchant_reference1",
                    "device",
                    "location");

    private final SessionSearch search;

    SessionExport(SessionSearch search) {
        this.search = search;
    }

    @GetMapping("/portal/sessions/export.csv")
    void export(
            PortalUser user,
            @RequestParam(name = "q", defaultValue = "") String text,
            @RequestParam(name = "status", defaultValue = "") String status,
            HttpServletResponse response)
            throws IOException {
        CsvExport.<SessionSearch.Found>write(
                response,
                "sessions",
                COLUMNS,
                (last, limit) ->
                        next(
                                user.merchant(),
                                SessionSearch.Query.of(
                                        text, status, last == null ? null : last.id().toString()),
                                limit),
                one ->
                        Arrays.asList(
                                one.id(),
                                CsvExport.time(one.createdAt(), user.zone()),
                                one.status(),
                                one.unknown(),
                                CsvExport.amount(one.amount(), one.currency()),
                                one.currency(),
                                one.reference(),
                                one.device(),
                                one.location()));
    }

    /** So many lines, however far back they are. */
    private List<SessionSearch.Found> next(
            MerchantId merchant, SessionSearch.Query first, int limit) {
        List<SessionSearch.Found> lines = new ArrayList<>();
        SessionSearch.Query query = first;
        boolean more = true;
        while (more && lines.size() < limit) {
            SessionSearch.Page page = search.find(merchant, query, limit - lines.size());
            lines.addAll(page.found());
            query = new SessionSearch.Query(query.text(), query.status(), page.next(), null);
            more = page.next() != null;
        }
        return lines;
    }
}
