package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.AuditAction;
import dev.kassa.access.AuditSearch;
import dev.kassa.access.Role;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The audit log in the portal: found by who, what, on what and when. */
class AuditPageTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);

    private int lines(String query) {
        return lines(browser.get("/portal/audit" + query));
    }

    private static int lines(HttpResponse<String> page) {
        return page.body().split("data-label=\"Time\"", -1).length - 1;
    }

    @Test
    void linesAreFound() {
        String session = merchant.session(merchant.device());
        merchant.cancel(session).is(200);
        browser.post(
                "/portal/settings",
                Map.of("manual_capture", "true", "seen_manual_capture", "false"));
        int all = lines("");
        assertThat(lines("?subject=" + session)).isEqualTo(2);
        assertThat(lines("?subject=" + session + "&action=session.cancelled")).isEqualTo(1);
        assertThat(lines("?actor=" + browser.email)).isEqualTo(3);
        assertThat(lines("?actor=user:" + browser.email + "&action=settings.changed")).isEqualTo(1);
        assertThat(lines("?action=settings.changed")).isEqualTo(1);
        assertThat(lines("?actor=api_key:" + merchant.key().username())).isGreaterThan(1);
        assertThat(lines("?actor=nobody")).isZero();
        LocalDate today = LocalDate.ofInstant(now(), ZoneId.of("Europe/Stockholm"));
        assertThat(lines("?from=%s&to=%s".formatted(today, today))).isEqualTo(all);
        assertThat(lines("?from=" + today.plusDays(1))).isZero();
        assertThat(lines("?to=" + today.minusDays(1))).isZero();
        assertThat(browser.get("/portal/audit?to=" + today.minusDays(1)).body())
                .contains("No line matches.", "value=\"" + today.minusDays(1) + "\"");
    }

    /** The log's own moments are the database's. */
    private Instant now() {
        return server.jdbc
                .sql("select (extract(epoch from now()) * 1000)::bigint")
                .query((row, n) -> Instant.ofEpochMilli(row.getLong(1)))
                .single();
    }

    @Test
    void whatCannotBeIsLeftOut() {
        assertThat(
                        lines(
                                "?from=2026-02-30&to=yesterday&action=no.such&subject=%00"
                                        + "&actor=&from=99999-01-01"))
                .isEqualTo(lines(""));
        assertThat(browser.get("/portal/audit?before=x").statusCode()).isEqualTo(400);
        assertThat(browser.get("/portal/audit?actor=%3Cscript%3E%22").body())
                .contains("&lt;script&gt;&quot;")
                .doesNotContain("<script>");
    }

    @Test
    void theLogIsReadPageByPageWithItsFilter() {
        for (int i = 0; i < 26; i++) {
            browser.post("/portal/settings", settings(true));
            browser.post("/portal/settings", settings(false));
        }
        String first = browser.get("/portal/audit?action=settings.changed").body();
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)").matcher(first);
        assertThat(next.find()).isTrue();
        String path = next.group(1).replace("&amp;", "&");
        assertThat(path).contains("action=settings.changed");
        assertThat(lines("?action=settings.changed")).isEqualTo(50);
        assertThat(lines(browser.get(path))).isEqualTo(2);
    }

    private static Map<String, String> settings(boolean capture) {
        return Map.of(
                "manual_capture",
                String.valueOf(capture),
                "seen_manual_capture",
                String.valueOf(!capture));
    }

    @Test
    void aMomentIsFoundByHalving() {
        List<Instant> moments =
                server.jdbc
                        .sql("select at from audit_entry order by audit_id")
                        .query((row, n) -> row.getTimestamp(1).toInstant())
                        .list();
        Instant first = moments.getFirst();
        Instant last = moments.getLast();
        for (Instant moment :
                List.of(
                        first.minusSeconds(1),
                        first,
                        first.plus(Duration.between(first, last).dividedBy(2)),
                        last,
                        last.plusSeconds(60))) {
            assertThat(
                            server.jdbc
                                    .sql(
                                            """
                                            select coalesce((select min(audit_id) from audit_entry
                                                    where at >= :moment), 9e15::bigint)
                                                - coalesce((select max(audit_id) from audit_entry
                                                    where at < :moment), 0) > 0
                                                and not exists (select from audit_entry
                                                    where at < :moment
                                                        and audit_id >= audit_id_since(:moment))
                                                and not exists (select from audit_entry
                                                    where at >= :moment
                                                        and audit_id < audit_id_since(:moment))
                                            """)
                                    .param("moment", moment.atOffset(ZoneOffset.UTC))
                                    .query(Boolean.class)
                                    .single())
                    .as("%s", moment)
                    .isTrue();
        }
    }

    /** What the comment of {@link AuditSearch} says: by which index each search is answered. */
    @Test
    void eachSearchHasItsIndex() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            // As it is after a while: most lines are of payments, a few of people.
            own.jdbc
                    .sql(
                            """
                            insert into audit_entry (merchant_id, actor, action, subject)
                            select case when n % 20 = 0 then 'x' else 'y' || n % 20 end,
                                case when n % 1000 = 0 then 'user:' || n % 7 else 'api_key:a' end,
                                case when n % 1000 = 0 then 'key.created' else 'session.created' end,
                                'thing ' || n
                            from generate_series(1, 200000) n
                            """)
                    .update();
            own.jdbc.sql("analyze audit_entry").update();
            Map<String, String> searches =
                    Map.of(
                            "subject = 'thing 40'",
                            "audit_of_subject",
                            "actor = 'user:3' and actor like 'user:%'",
                            "audit_of_people",
                            "action = 'key.revoked' and " + seldom(own),
                            "audit_of_action");
            searches.forEach(
                    (search, index) -> assertThat(plan(own, search)).as(search).contains(index));
        }
        assertThat(AuditAction.of("key.created")).contains(AuditAction.KEY_CREATED);
    }

    private static String plan(TestServer own, String search) {
        return String.join(
                "\n",
                own.jdbc
                        .sql(
                                "explain select * from audit_entry where merchant_id = 'x'"
                                        + " and audit_id < 9000000 and "
                                        + search
                                        + " order by audit_id desc limit 51")
                        .query(String.class)
                        .list());
    }

    private static String seldom(TestServer own) {
        return own.jdbc
                .sql(
                        "select pg_get_expr(indpred, indrelid) from pg_index"
                                + " where indexrelid = 'audit_of_action'::regclass")
                .query(String.class)
                .single();
    }

    @Test
    void nobodySeesAnothersLines() {
        PortalClient foreign = PortalClient.signedIn(server.merchant(), Role.OWNER);
        assertThat(foreign.get("/portal/audit?actor=" + browser.email).body())
                .contains("No line matches.");
        assertThat(foreign.get("/portal/audit/export.csv").body()).doesNotContain(browser.email);
        assertThat(PortalClient.signedIn(merchant, Role.MANAGER).get("/portal/audit/export.csv"))
                .matches(answer -> answer.statusCode() == 403);
    }
}
