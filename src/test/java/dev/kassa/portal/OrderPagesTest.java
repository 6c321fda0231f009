package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders in the portal: their money is moved once, by whoever may, to the order as it was seen. */
class OrderPagesTest {
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\"");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient ada = PortalClient.signedIn(merchant, Role.OWNER);

    private static String page(TestOrder order) {
        return "/portal/orders/" + order.path().replaceFirst(".*/", "");
    }

    private TestOrder paid() {
        return TestOrder.paid(merchant, merchant.device());
    }

    private static String query(Map<String, String> fields) {
        return "?"
                + String.join(
                        "&",
                        fields.entrySet().stream()
                                .map(field ->
                                        field.getKey()
                                                + "="
                                                + URLEncoder.encode(
                                                        field.getValue(), StandardCharsets.UTF_8))
                                .toList());
    }

    private static Map<String, String> hidden(String page) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher found = HIDDEN.matcher(page);
        while (found.find()) {
            fields.put(found.group(1), found.group(2));
        }
        fields.remove("_csrf");
        return fields;
    }

    /** The page with the button, as the form leads to it. */
    private static HttpResponse<String> confirmed(
            PortalClient browser, String order, String verb, Map<String, String> typed) {
        Map<String, String> fields = hidden(browser.get(order + "/" + verb).body());
        fields.putAll(typed);
        return browser.get(order + "/" + verb + "/confirm" + query(fields));
    }

    private static HttpResponse<String> press(
            PortalClient browser, String order, String verb, Map<String, String> typed) {
        HttpResponse<String> page = confirmed(browser, order, verb, typed);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return browser.post(order + "/" + verb, hidden(page.body()));
    }

    private static long refunded(TestOrder order) {
        return order.get().json().path("refunded_amount").asLong();
    }

    @Test
    void someOfAnOrderIsGivenBack() {
        TestOrder order = paid();
        assertThat(ada.get("/portal/orders").body()).contains(page(order), "2,400.00");
        HttpResponse<String> ask =
                confirmed(
                        ada, page(order), "refund", Map.of("amount", "40.50", "reason", "Faulty"));
        assertThat(ask.body()).contains("Refund 40.50", "Faulty", "2,359.50");
        HttpResponse<String> done = ada.post(page(order) + "/refund", hidden(ask.body()));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        assertThat(refunded(order)).isEqualTo(4050);
        assertThat(ada.get(page(order)).body()).contains("40.50", "Faulty", "2,359.50");
        assertThat(
                        server.texts(
                                "select action || ' ' || actor from audit_entry where correlation_id = ?",
                                done.headers().firstValue("correlation-id").orElseThrow()))
                .containsExactlyInAnyOrder(
                        "movement.started user:" + ada.email, "movement.settled user:" + ada.email);
        assertThat(ada.get("/portal/orders?show=REFUNDED").body()).contains(page(order));
        assertThat(ada.get("/portal/orders?show=OPEN").body()).doesNotContain(page(order));
    }

    @Test
    void aLineIsGivenBack() {
        TestOrder order = paid();
        HttpResponse<String> done = press(ada, page(order), "refund", Map.of("line", "1"));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        assertThat(refunded(order)).isEqualTo(40000);
        assertThat(
                        server.texts(
                                "select order_lines::text from order_movement where kind = 'REFUND'"
                                        + " and merchant_id = ?",
                                merchant.id().value()))
                .singleElement()
                .asString()
                .contains("Socks")
                .doesNotContain("T-Shirt");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';Choose lines",
                "0;Choose lines",
                "forty;Type an amount",
                "1.234;Type an amount",
                "-5;Type an amount",
                "2400.01;At most 2,400.00",
                "999999999999;At most 2,400.00"
            })
    void whatCannotBeGivenBackIsSaid(String amount, String said) {
        TestOrder order = paid();
        HttpResponse<String> answer =
                confirmed(ada, page(order), "refund", Map.of("amount", amount, "reason", "Kept"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body().replace('\u00a0', ' '))
                .contains(said, "value=\"Kept\"", "aria-invalid=\"true\"");
        assertThat(refunded(order)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40,5", "40.50", " 40.50 "})
    void anAmountIsReadAsPeopleWriteIt(String amount) {
        assertThat(confirmed(ada, page(paid()), "refund", Map.of("amount", amount)).body())
                .contains("name=\"confirmed\" value=\"4050\"");
    }

    /** A button that is pressed twice, and a page that is sent again. */
    @Test
    void aPageGivesBackOnce() throws Exception {
        TestOrder order = paid();
        Map<String, String> fields =
                hidden(confirmed(ada, page(order), "refund", Map.of("amount", "100")).body());
        List<Integer> answers =
                AtOnce.run(4, _ -> ada.post(page(order) + "/refund", fields).statusCode());
        assertThat(answers).contains(302);
        assertThat(ada.post(page(order) + "/refund", fields).statusCode()).isEqualTo(302);
        assertThat(refunded(order)).isEqualTo(10000);
    }

    /** Two people look at the same order and both mean to give the same 100.00 back. */
    @Test
    void whoComesSecondIsTold() throws Exception {
        TestOrder order = paid();
        List<PortalClient> people = List.of(ada, PortalClient.signedIn(merchant, Role.MANAGER));
        List<Map<String, String>> pages =
                people.stream()
                        .map(one ->
                                hidden(
                                        confirmed(
                                                        one,
                                                        page(order),
                                                        "refund",
                                                        Map.of("amount", "100"))
                                                .body()))
                        .toList();
        List<HttpResponse<String>> answers =
                AtOnce.run(2, i -> people.get(i).post(page(order) + "/refund", pages.get(i)));
        assertThat(answers)
                .extracting(HttpResponse::statusCode)
                .containsExactlyInAnyOrder(302, 409);
        assertThat(answers)
                .filteredOn(answer -> answer.statusCode() == 409)
                .allMatch(answer -> answer.body().contains("Somebody else has"));
        assertThat(refunded(order)).isEqualTo(10000);
    }

    @Test
    void whatIsNotKnownIsSaid() {
        TestOrder order = paid();
        order.fault("REFUND", "LOST_REPLY");
        HttpResponse<String> done = press(ada, page(order), "refund", Map.of("amount", "100"));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        assertThat(ada.get(page(order)).body()).contains("has not said yet", "state unknown");
        assertThat(ada.get("/portal/orders?show=UNKNOWN").body()).contains(page(order));
        assertThat(refunded(order)).isEqualTo(10000);
    }

    @Test
    void anOrderIsCapturedInPartsAndTheRestReleased() {
        TestMerchant later = TestOrder.capturingManually(server);
        PortalClient browser = PortalClient.signedIn(later, Role.MANAGER);
        TestOrder order = TestOrder.paid(later, later.device());
        assertThat(browser.get(page(order)).body())
                .contains("Authorized", "Cancel the order")
                .doesNotContain("/refund\"");
        assertThat(press(browser, page(order), "capture", Map.of("amount", "1000")).statusCode())
                .isEqualTo(302);
        assertThat(browser.get(page(order)).body()).contains("Partly captured", "Release the rest");
        HttpResponse<String> ask = browser.get(page(order) + "/release/confirm");
        assertThat(ask.body()).contains("Release 1,400.00");
        assertThat(browser.post(page(order) + "/release", hidden(ask.body())).statusCode())
                .isEqualTo(302);
        assertThat(order.get().text("status")).isEqualTo("CAPTURED");
        assertThat(order.get().json().path("captured_amount").asLong()).isEqualTo(100000);
    }

    @Test
    void whoMayNotSeesNoButton() {
        TestOrder order = paid();
        PortalClient support = PortalClient.signedIn(merchant, Role.SUPPORT);
        assertThat(support.get(page(order)).body()).doesNotContain("/refund\"");
        assertThat(support.get(page(order) + "/refund").statusCode()).isEqualTo(403);
        Map<String, String> fields =
                hidden(confirmed(ada, page(order), "refund", Map.of("amount", "100")).body());
        assertThat(support.post(page(order) + "/refund", fields).statusCode()).isEqualTo(403);
        assertThat(refunded(order)).isZero();
    }

    @Test
    void anothersOrderIsNone() {
        TestOrder order = paid();
        PortalClient stranger = PortalClient.signedIn(server.merchant(), Role.OWNER);
        for (String path : List.of("", "/refund", "/capture", "/release/confirm")) {
            assertThat(stranger.get(page(order) + path).statusCode()).as(path).isEqualTo(404);
        }
        Map<String, String> fields =
                hidden(confirmed(ada, page(order), "refund", Map.of("amount", "100")).body());
        assertThat(stranger.post(page(order) + "/refund", fields).statusCode()).isEqualTo(404);
        assertThat(refunded(order)).isZero();
        assertThat(stranger.get("/portal/orders").body()).doesNotContain(page(order));
    }

    /** A form of nobody's, or with a changed amount. */
    @Test
    void onlyAConfirmedAmountIsMoved() {
        TestOrder order = paid();
        Map<String, String> fields =
                hidden(confirmed(ada, page(order), "refund", Map.of("amount", "100")).body());
        for (String forgotten : List.of("key", "confirmed")) {
            Map<String, String> less = new LinkedHashMap<>(fields);
            less.remove(forgotten);
            assertThat(ada.post(page(order) + "/refund", less).statusCode())
                    .as(forgotten)
                    .isEqualTo(400);
        }
        Map<String, String> unseen = new LinkedHashMap<>(fields);
        unseen.put("seen", "");
        assertThat(ada.post(page(order) + "/refund", unseen).statusCode()).isEqualTo(409);
        assertThat(refunded(order)).isZero();
    }
}
