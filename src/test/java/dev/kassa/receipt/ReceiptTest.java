package dev.kassa.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receipt that the device gets and the page that the shopper sees. */
class ReceiptTest {
    private final TestServer server = TestServer.shared();

    private final TestMerchant merchant = server.merchant();

    private final TestMerchant.TestDevice device = merchant.device();

    private static HttpResponse<String> page(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return TestClient.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private Answer receipt(TestOrder order) {
        return device.api().get("/pos/v1/sessions/" + order.session() + "/receipt").is(200);
    }

    @Test
    void theDeviceGetsTheReceiptOfTheDocumentationsSample() {
        TestOrder order = TestOrder.paid(merchant, device);
        order.post("/refunds", "{\"refunded_amount\": 40000, \"description\": \"Socks\"}").is(201);
        Answer receipt = receipt(order);
        Answer shown = order.get();
        assertThat(receipt.text("receipt_url")).isEqualTo(shown.text("receipt_url"));
        assertThat(receipt.text("order_number")).isEqualTo(shown.text("klarna_reference"));
        assertThat(receipt.text("store", "name")).isEqualTo("My Store");
        assertThat(receipt.text("card")).isEqualTo("Visa **** 4242");
        assertThat(receipt.json().path("vat").toString())
                .isEqualTo(
                        """
                        [{"tax_rate":2500,"net_amount":192000,"tax_amount":48000,"gross_amount":240000}]\
                        """);
        assertThat(receipt.json().path("order_tax_amount"))
                .isEqualTo(shown.json().path("order_tax_amount"));
        assertThat(receipt.json().path("paid_amount").asLong()).isEqualTo(200_000);
        assertThat(receipt.json().path("refunds").get(0).path("description").asString())
                .isEqualTo("Socks");
    }

    /** By law in many countries. */
    @Test
    void theMerchantIsNamedAsTheAuthoritiesKnowIt() throws Exception {
        assertThat(receipt(TestOrder.paid(merchant, device)).json().path("store").properties())
                .extracting(Map.Entry::getKey)
                .doesNotContain("organisation_number", "merchant_address");
        assertThat(
                        server.jdbc
                                .sql(
                                        "update merchant set organisation_number = '556000-0000',"
                                                + " receipt_address = E'Skor AB\\n111 23 Stockholm'"
                                                + " where merchant_id = ?")
                                .params(merchant.id().value())
                                .update())
                .isOne();
        Answer receipt = receipt(TestOrder.paid(merchant, device));
        assertThat(receipt.text("store", "organisation_number")).isEqualTo("556000-0000");
        assertThat(page(receipt.text("receipt_url") + "?lang=sv").body())
                .contains("Org.nr 556000-0000", ">Skor AB<", ">111 23 Stockholm<");
    }

    @Test
    void onlyThePaidSessionsOfThisDeviceHaveOne() {
        String open = merchant.session(device);
        device.api().get("/pos/v1/sessions/" + open + "/receipt").is(404);
        device.api().get("/pos/v1/sessions/" + open + "/receipt-qr.svg").is(404);
        TestOrder order = TestOrder.paid(merchant, device);
        String path = "/pos/v1/sessions/" + order.session() + "/receipt";
        merchant.device().api().get(path).is(404);
    }

    @Test
    void theQrCodeIsAPictureOfTheLink() throws Exception {
        TestOrder order = TestOrder.paid(merchant, device);
        String path = "/pos/v1/sessions/" + order.session() + "/receipt-qr.svg";
        HttpResponse<String> answer =
                TestClient.HTTP.send(
                        device.api().request(path).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElseThrow())
                .startsWith("image/svg+xml");
        assertThat(answer.body()).startsWith("<svg ").contains("<path d=\"M4,4h1v1h-1z");
    }

    @ParameterizedTest
    @CsvSource({
        "sv, Kvitto, Moms, 'varav moms', '2 400,00 kr'",
        "nb, Kvittering, Mva., Refundert, '2 400,00 SEK'",
        "da, Kvittering, Moms, Refunderet, '2.400,00 SEK'",
        "fi, Kuitti, Alv, Palautettu, '2 400,00 SEK'",
        "en, Receipt, VAT, Refunded, 'SEK 2,400.00'"
    })
    void thePageSpeaksFiveLanguages(
            String lang, String title, String vat, String word, String total) throws Exception {
        TestOrder order = TestOrder.paid(merchant, device);
        order.refund(40_000).is(201);
        String url = order.get().text("receipt_url");
        String html = page(url + "?lang=" + lang).body().replace('\u00a0', ' ');
        assertThat(html)
                .contains(
                        "<html lang=\"" + lang + "\"",
                        title,
                        vat,
                        word,
                        "T-Shirt",
                        "Visa **** 4242")
                .contains(total);
        assertThat(html).doesNotContain("<script", "th:", "??");
        String accepted = page(url, "Accept-Language", lang + ";q=0.9, xx").body();
        assertThat(accepted).contains("<html lang=\"" + lang + "\"");
        assertThat(page(url).body()).as("the store's own").contains("<html lang=\"sv\"");
        assertThat(page(url + "?lang=xx", "Accept-Language", "%%%").body())
                .contains("<html lang=\"sv\"");
    }

    @Test
    void thePageIsForWhoeverHasTheLinkAlone() throws Exception {
        TestOrder order = TestOrder.paid(merchant, device);
        String url = order.get().text("receipt_url");
        HttpResponse<String> answer = page(url);
        assertThat(answer.statusCode()).isEqualTo(200);
        for (Map.Entry<String, String> header :
                Map.of(
                                "cache-control", "no-store",
                                "x-robots-tag", "noindex, nofollow",
                                "referrer-policy", "no-referrer",
                                "x-content-type-options", "nosniff")
                        .entrySet()) {
            assertThat(answer.headers().firstValue(header.getKey())).hasValue(header.getValue());
        }
        assertThat(answer.headers().firstValue("content-security-policy").orElseThrow())
                .contains("default-src 'none'");
        String token = url.substring(url.lastIndexOf('/') + 1);
        assertThat(token).hasSize(22);
        for (String other : List.of(order.id(), order.session(), "x", token + "x")) {
            HttpResponse<String> missing = page(server.url().resolve("/r/" + other).toString());
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).contains("There is no such receipt");
        }
        assertThat(page(server.url().resolve("/r/assets/receipt.css").toString()).body())
                .contains("@media print");
        assertThat(
                        page(server.url().resolve("/r/assets/words_en.properties").toString())
                                .statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatAMerchantWritesIsTextAndNeverMarkup() throws Exception {
        String cart =
                TestMerchant.cart(device.id())
                        .replace("T-Shirt", "<script>alert(1)</script>${7*7}")
                        .replace("ORDER-12345", "\\\"><img src=x>");
        String session = merchant.api().post("/ipp/v1/sessions", cart).is(200).text("session_id");
        String id = merchant.tap(session, "SUCCESS").is(200).text("order_id");
        String html = page(new TestOrder(merchant, session, id).get().text("receipt_url")).body();
        assertThat(html)
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;${7*7}")
                .doesNotContain("<script", "<img");
    }

    /** Letters that run the other way, and what a terminal or a browser would obey. */
    @Test
    void namesOfAllWritingsAreShownAsTextAlone() throws Exception {
        String odd = "\u0645\u0631\u062d\u0628\u0627 \\u202Ecod\\u001B[31m\\u0007\\u0085";
        String cart =
                TestMerchant.cart(device.id())
                        .replace("T-Shirt", odd)
                        .replace("ORDER-12345", "R\\u0007");
        String session = merchant.api().post("/ipp/v1/sessions", cart).is(200).text("session_id");
        String id = merchant.tap(session, "SUCCESS").is(200).text("order_id");
        TestOrder order = new TestOrder(merchant, session, id);
        order.post("/refunds", "{\"refunded_amount\": 1, \"description\": \"D\\u001b\"}").is(201);
        String html = page(order.get().text("receipt_url")).body();
        assertThat(html)
                .contains(
                        "dir=\"auto\">\u0645\u0631\u062d\u0628\u0627 \uFFFDcod\uFFFD[31m\uFFFD\uFFFD<")
                .contains("<dd dir=\"auto\">R\uFFFD</dd>")
                .contains("<small dir=\"auto\">D\uFFFD</small>")
                .contains("<h1 dir=\"auto\">My Store</h1>");
        assertThat(html.replace("\n", ""))
                .doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u202d\u202e]");
        assertThat(order.get().json().path("order_lines").get(0).path("name").asString())
                .as("kept as sent")
                .contains("\u202e", "\u001b", "\u0007");
    }

    /** The page of a payment by phone shows the shop's name too. */
    @Test
    void theShoppersPageShowsTheShopsNameAsTextAlone() throws Exception {
        TestMerchant shop = server.merchant();
        TestMerchant.TestDevice till = shop.device();
        var _ =
                server.jdbc
                        .sql("update location set name = ? where location_id = ?::uuid")
                        .param("\u05d0<b>\u001b[0m\u202e")
                        .param(shop.location().toString())
                        .update();
        String session = shop.session(till);
        String payload =
                till.api()
                        .post(
                                "/pos/v1/sessions/" + session + "/payments",
                                "{\"method\": \"swish\"}")
                        .is(200)
                        .text("payment", "action", "qr_payload");
        assertThat(page(payload).body())
                .contains("dir=\"auto\">\u05d0&lt;b&gt;\uFFFD[0m\uFFFD</p>");
    }

    /** In Sweden 02:30 comes twice that night; elsewhere each country has its own clock. */
    @ParameterizedTest
    @CsvSource({
        "SE, 2026-10-25T00:30:00Z, '02:30 UTC+02:00'",
        "SE, 2026-10-25T01:30:00Z, '02:30 UTC+01:00'",
        "SE, 2026-10-25T02:30:00Z, '03:30'",
        "SE, 2026-10-24T23:59:00Z, '01:59'",
        "DE, 2026-10-26T12:00:00Z, '13:00'",
        "GB, 2026-06-26T12:00:00Z, '13:00'",
        "ES, 2026-10-26T12:00:00Z, '13:00 UTC+01:00'",
        "US, 2026-06-26T12:00:00Z, '08:00 UTC-04:00'",
        "IS, 2026-06-26T12:00:00Z, '12:00'"
    })
    void theClockIsTheStoresOwn(String country, String at, String shown) throws Exception {
        TestMerchant shop = server.merchant();
        var _ =
                server.jdbc
                        .sql("update location set country = ? where location_id = ?::uuid")
                        .param(country)
                        .param(shop.location().toString())
                        .update();
        TestOrder order = TestOrder.paid(shop, shop.device());
        var _ =
                server.jdbc
                        .sql(
                                "update orders set created_at = ?::timestamptz where order_id = ?::uuid")
                        .param(at)
                        .param(order.id())
                        .update();
        String html = page(order.get().text("receipt_url") + "?lang=en").body();
        assertThat(html).containsPattern("<time [^>]*>[^<]* " + Pattern.quote(shown) + "</time>");
    }

    @ParameterizedTest
    @CsvSource({
        "JPY, 'JP¥240,000', '240,000', '-JP¥5'",
        "ISK, 'ISK 240,000', '240,000', '-ISK 5'",
        "KWD, 'KWD 240.000', '240.000', '-KWD 0.005'",
        "EUR, '€2,400.00', '2,400.00', '-€0.05'"
    })
    void aCurrencyHasItsOwnDecimals(String currency, String total, String gross, String refund)
            throws Exception {
        String cart = TestMerchant.cart(device.id()).replace("SEK", currency);
        String session = merchant.api().post("/ipp/v1/sessions", cart).is(200).text("session_id");
        TestOrder order =
                new TestOrder(
                        merchant,
                        session,
                        merchant.tap(session, "SUCCESS").is(200).text("order_id"));
        order.refund(5).is(201);
        String html = page(order.get().text("receipt_url") + "?lang=en").body();
        assertThat(html.replace('\u00a0', ' ')).contains(">" + total + "<", gross, refund);
    }

    /** The total is of the order, and the shopper's bank shows less. */
    @Test
    void whatWasLetGoIsToldOnThePage() throws Exception {
        TestMerchant capturing = TestOrder.capturingManually(server);
        TestOrder order = TestOrder.paid(capturing, capturing.device());
        order.capture(200_000).is(201);
        String url = order.get().text("receipt_url") + "?lang=en";
        assertThat(page(url).body()).contains("Partly charged").doesNotContain("Not charged");
        order.post("/release-remaining-authorization", "").is(204);
        assertThat(page(url).body().replace('\u00a0', ' '))
                .contains("Not charged</dt><dd class=\"amount\">SEK 400.00</dd>");
    }

    @Test
    void aWeightIsShownAsOne() throws Exception {
        TestMerchant capturing = TestOrder.capturingManually(server);
        TestOrder order = TestOrder.paid(capturing, capturing.device());
        String lines =
                """
                {"order_amount": 10000, "order_lines": [{"name": "Cheese", "quantity": 0.75,
                  "unit_price": 13333, "total_amount": 10000, "tax_rate": 2500}]}
                """;
        order.patch("/authorization", lines).is(204);
        String html = page(order.get().text("receipt_url") + "?lang=sv").body();
        assertThat(html.replace('\u00a0', ' ')).contains("0,75 × 133,33 kr");
    }
}
