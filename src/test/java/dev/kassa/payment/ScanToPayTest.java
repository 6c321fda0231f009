package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shopper scans a code and pays on a phone. */
class ScanToPayTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final String session = merchant.session(device);

    private Answer attach(String method) {
        return device.api()
                .post(
                        "/pos/v1/sessions/" + session + "/payments",
                        "{\"method\": \"%s\"}".formatted(method));
    }

    private URI page() {
        return URI.create(attach("swish").is(200).text("payment", "action", "qr_payload"));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return TestClient.HTTP.send(
                request.timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> look(URI page) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(page));
    }

    private static HttpResponse<String> decide(URI page, String decision)
            throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder(page)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("decision=" + decision)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"klarna", "swish", "vipps"})
    void theDeviceIsGivenACodeToShow(String method) {
        Answer attached = attach(method).is(200);
        assertThat(attached.text("payment", "action", "type")).isEqualTo("scan");
        String payload = attached.text("payment", "action", "qr_payload");
        assertThat(payload).startsWith(server.url() + "/pay/");
        assertThat(attach(method).is(200).text("payment", "action", "qr_payload"))
                .as("the same payment, the same code")
                .isEqualTo(payload);
        Answer qr = device.api().get("/pos/v1/sessions/" + session + "/qr.svg").is(200);
        assertThat(qr.response().body()).startsWith("<svg ").contains("viewBox");
        assertThat(qr.response().body().length()).isGreaterThan(2000);
    }

    @Test
    void thereIsACodeOnlyWhileOneIsToBeScanned() {
        String path = "/pos/v1/sessions/" + session + "/qr.svg";
        device.api().get(path).is(409);
        attach("tap_to_pay").is(200);
        device.api().get(path).is(409);
        attach("swish").is(200);
        device.api().get(path).is(200);
        device.cancel(session).is(200);
        device.api().get(path).is(409);
    }

    @Test
    void theShoppersApprovalReachesTheDevice() throws IOException, InterruptedException {
        URI page = page();
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().status()).isEqualTo("ACTIVE");
            assertThat(look(page).body()).contains("My Store", "2\u202f400.00", "Swish");
            assertThat(decide(page, "approve").statusCode()).isEqualTo(303);
            DeviceStream.Event paid = stream.until("APPROVED");
            assertThat(paid.status()).isEqualTo("FINALIZED");
        }
        assertThat(merchant.status(session)).isEqualTo("FINALIZED");
        assertThat(look(page).body()).contains("Paid").doesNotContain("<form");
        assertThat(decide(page, "decline").statusCode()).isEqualTo(303);
        assertThat(look(page).body()).as("decided once").contains("Paid");
    }

    @Test
    void aDeclinedCodeIsUsedUp() throws IOException, InterruptedException {
        URI page = page();
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().status()).isEqualTo("ACTIVE");
            assertThat(decide(page, "decline").statusCode()).isEqualTo(303);
            DeviceStream.Event declined = stream.until("DECLINED");
            assertThat(declined.status()).isEqualTo("ACTIVE");
            assertThat(declined.data().at("/payment/failure_reason").asString())
                    .isEqualTo("declined_by_shopper");
        }
        assertThat(decide(page, "approve").statusCode()).isEqualTo(303);
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");
        assertThat(page()).as("another try, another code").isNotEqualTo(page);
    }

    @Test
    void thePageEndsWithTheSession() throws IOException, InterruptedException {
        URI page = page();
        device.cancel(session).is(200);
        assertThat(look(page).body()).contains("no longer valid").doesNotContain("<form");
        decide(page, "approve");
        assertThat(merchant.status(session)).isEqualTo("CANCELLED");
        assertThat(look(page).body()).contains("no longer valid");
    }

    @Test
    void thePageLetsNobodyElseIn() throws IOException, InterruptedException {
        URI page = page();
        HttpResponse<String> shown = look(page);
        String policy = shown.headers().firstValue("Content-Security-Policy").orElse("");
        assertThat(policy)
                .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(shown.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(shown.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(shown.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(shown.body()).doesNotContain("<script", "onclick", "src=");
        URI guessed = page.resolve("/pay/" + "A".repeat(32));
        assertThat(look(guessed).statusCode()).isEqualTo(404);
        assertThat(decide(guessed, "approve").statusCode()).isEqualTo(404);
        assertThat(decide(page, "perhaps").statusCode()).isEqualTo(400);
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");
    }

    @Test
    void aNameIsTextAndNothingElse() throws IOException, InterruptedException {
        var _ =
                server.jdbc
                        .sql("update location set name = '<b>{form}</b>' where location_id = ?")
                        .param(merchant.location().value())
                        .update();
        assertThat(look(page()).body()).contains("&lt;b&gt;{form}&lt;/b&gt;").doesNotContain("<b>");
    }
}
