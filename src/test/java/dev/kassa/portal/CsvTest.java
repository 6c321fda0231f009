package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.merchant.Users;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as files: whole, bounded, and harmless in a spreadsheet. */
class CsvTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.ACCOUNTANT);

    private static List<CSVRecord> rows(String text) {
        assertThat(text).startsWith("\uFEFF").endsWith("\r\n");
        try (CSVParser parser =
                CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .build()
                        .parse(new StringReader(text.substring(1)))) {
            return parser.getRecords();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<CSVRecord> export(String path) {
        HttpResponse<String> answer = browser.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv;charset=utf-8");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().firstValue("Content-Disposition").orElseThrow())
                .matches("attachment; filename=\"kassa-[a-z]+\\.csv\"");
        return rows(answer.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=HYPERLINK(\"http://evil.example\";\"x\")",
                "+1+1",
                "-2+3+cmd|' /C calc'!A0",
                "@SUM(1,1)",
                "\t=1",
                "\r=1",
                "\n=1",
                "\uFF1D1"
            })
    void whatASpreadsheetWouldReckonIsText(String reference) {
        String session = session(reference);
        CSVRecord row = export("/portal/sessions/export.csv").getFirst();
        assertThat(row.get("session_id")).isEqualTo(session);
        assertThat(row.get("merchant_reference1")).isEqualTo("'" + reference);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b",
                "a;b",
                "say \"yes\"",
                "two\r\nlines",
                "\"",
                "1-2",
                "<b>&amp;</b>",
                "\u202Eabc",
                "0123",
                "åäö 😀"
            })
    void allElseIsAsItWas(String reference) {
        String session = session(reference);
        CSVRecord row = export("/portal/sessions/export.csv?q=" + session).getFirst();
        assertThat(row.get("merchant_reference1")).isEqualTo(reference);
        assertThat(row.size()).isEqualTo(9);
    }

    private String session(String reference) {
        String json = Json.write(reference);
        return merchant.api()
                .post(
                        "/ipp/v1/sessions",
                        TestMerchant.cart(merchant.device().id()).replace("\"ORDER-12345\"", json))
                .is(200)
                .text("session_id");
    }

    @Test
    void amountsAreNumbersAndTimesHaveTheirOffset() {
        var _ = session("x");
        assertThat(browser.get("/portal/sessions/export.csv").body()).contains(",2400.00,\"SEK\",");
        CSVRecord row = export("/portal/sessions/export.csv").getFirst();
        assertThat(row.get("created_at")).matches("\\d{4}-\\d\\d-\\d\\dT.*[+]0[12]:00");
        assertThat(row.get("status")).isEqualTo("CREATED");
        assertThat(row.get("location")).isEqualTo("My Store");
    }

    @ParameterizedTest
    @CsvSource({"JPY, 5, 5", "SEK, -5, -0.05", "KWD, 1, 0.001"})
    void amountsHaveTheDigitsOfTheirCurrency(String currency, long minor, String shown) {
        assertThat(CsvExport.amount(minor, currency)).hasToString(shown);
    }

    @Test
    void theFilterOfThePageHolds() {
        var _ = session("one");
        merchant.cancel(session("two")).is(200);
        assertThat(export("/portal/sessions/export.csv")).hasSize(2);
        assertThat(export("/portal/sessions/export.csv?status=CANCELLED"))
                .singleElement()
                .matches(row -> row.get("merchant_reference1").equals("two"));
        assertThat(export("/portal/sessions/export.csv?q=nothing")).isEmpty();
        assertThat(export("/portal/audit/export.csv?action=session.cancelled")).hasSize(1);
    }

    @Test
    void devicesAndTheAuditLogAreFilesToo() {
        merchant.api().post("/ipp/v1/dev/devices", "{\"name\": \"=Till\"}").is(201);
        assertThat(export("/portal/devices/export.csv"))
                .singleElement()
                .matches(row -> row.get("name").equals("'=Till") && row.get("waiting").equals("0"));
        String email = "=1" + UUID.randomUUID() + "@x";
        var _ = server.server.part(Users.class).invite(merchant.id(), email, Role.CLERK);
        assertThat(export("/portal/audit/export.csv"))
                .filteredOn(row -> row.get("action").equals("user.invited"))
                .extracting(row -> row.get("subject"))
                .contains("'" + email);
    }

    @Test
    void aFileHasAsManyLinesAsThePageSaysAndIsReadBatchByBatch() throws IOException {
        var _ = session("x");
        assertThat(browser.get("/portal/sessions").body()).contains("first 10,000 lines at most");
        assertThat(Limits.EXPORT_LINES).isEqualTo(10_000);
        List<Integer> limits = new ArrayList<>();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        CsvExport.Batches<Integer> numbers =
                (last, limit) -> {
                    limits.add(limit);
                    int first = last == null ? 1 : last + 1;
                    return IntStream.range(first, first + limit).boxed().toList();
                };
        CsvExport.write(file, List.of("n"), numbers.after(null, 500), numbers, n -> List.of(n));
        List<CSVRecord> rows = rows(file.toString(StandardCharsets.UTF_8));
        assertThat(rows).hasSize(Limits.EXPORT_LINES);
        assertThat(rows.getLast().get("n")).isEqualTo("10000");
        assertThat(limits).hasSize(20).containsOnly(500);
    }

    @Test
    void whoMayNotSeeThePageGetsNoFile() {
        PortalClient clerk = PortalClient.signedIn(merchant, Role.CLERK);
        for (String path : List.of("sessions", "devices", "audit")) {
            assertThat(clerk.get("/portal/" + path + "/export.csv").statusCode()).isEqualTo(403);
            assertThat(
                            new PortalClient(server.url(), "")
                                    .get("/portal/" + path + "/export.csv")
                                    .statusCode())
                    .isEqualTo(302);
        }
    }
}
