package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the servlet container refuses before our code runs: with its status, and in words. */
class ContainerRefusalTest {
    private static final String PATH = "/ipp/v1/sessions/01a1fc48-b660-734b-8437-2abdc869b65f";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private String exchange(String line, String... headers) {
        StringBuilder request = new StringBuilder(line + "\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return RawClient.exchange(
                server.url(),
                request
                        + "Authorization: "
                        + merchant.api().authorization()
                        + "\r\nConnection: close\r\n\r\n");
    }

    private static void says(String answer, int status, String words) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                .contains("correlation-id: ", "x-content-type-options: nosniff");
        assertThat(answer).contains("\"detail\":\"").contains(words);
    }

    /** Names of containers and of Kubernetes' services; with a port or without. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "kassa_app:8080",
                "kassa_app",
                "_kassa.local",
                "a.b_c:80",
                "KASSA_1",
                "[::1]:8080",
                "kassa"
            })
    void isServedUnderAnyNameOfAHost(String host) {
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: " + host), 404, "There is no session");
    }

    @Test
    void theHostWithItsUnderscoreIsWhatLinksAreMadeOf() {
        TestOrder order = TestOrder.paid(merchant, merchant.device());
        assertThat(exchange("GET " + order.path() + " HTTP/1.1", "Host: a_b:81"))
                .contains("http://a_b:81/r/");
    }

    @ParameterizedTest
    @CsvSource({"ex ample", "a..b", "a_b c", "a:b:c", "a/b", "'a,b'", "a@b"})
    void isRefusedUnderWhatIsNoName(String host) {
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: " + host), 400, "header Host");
    }

    @Test
    void needsOneHost() {
        says(exchange("GET " + PATH + " HTTP/1.1"), 400, "header Host");
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: a", "Host: b"), 400, "header Host");
        says(exchange("GET http://a" + PATH + " HTTP/1.1", "Host: b"), 400, "a host other than");
    }

    @Test
    void servesWhatOldClientsDoNotEncode() {
        String answer = exchange("GET /ipp/v1/devices?metadata=a|b HTTP/1.1", "Host: kassa");
        says(answer, 400, "metadata");
        assertThat(exchange("GET /ipp/v1/devices?metadata=a:b|c HTTP/1.1", "Host: kassa"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void anEncodedSlashIsPartOfAName() {
        says(exchange("GET /ipp/v1/sessions/a%2fb HTTP/1.1", "Host: kassa"), 400, "UUID");
        says(exchange("GET /ipp%2fv1/sessions HTTP/1.1", "Host: kassa"), 404, "nothing at this");
        says(exchange("GET /ipp/v1/sessions/a%5cb HTTP/1.1", "Host: kassa"), 400, "UUID");
    }

    @Test
    void tooMuchIsNamed() {
        String long9 = "x".repeat(9000);
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: a", "Cookie: " + long9), 431, "headers");
        says(exchange("GET " + PATH + "?" + long9 + " HTTP/1.1", "Host: a"), 414, "address");
    }

    @Test
    void whatIsNoRequestIsNamed() {
        says(exchange("GET /a b HTTP/1.1", "Host: a"), 400, "");
        says(exchange("GET " + PATH + "[0] HTTP/1.1", "Host: a"), 400, "percent-encoded");
        says(exchange("\u0016\u0003\u0001 / HTTP/1.1", "Host: a"), 400, "HTTPS");
        says(exchange("GET " + PATH + " HTTP/3.7", "Host: a"), 505, "HTTP/1.1");
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: a", "Na me: x"), 400, "header");
        says(exchange("GET " + PATH + "/%zz HTTP/1.1", "Host: a"), 400, "percent-encoding");
        says(
                exchange("POST /ipp/v1/sessions HTTP/1.1", "Host: a", "Transfer-Encoding: brotli"),
                501,
                "transfer coding");
        says(
                exchange("POST /ipp/v1/sessions HTTP/1.1", "Host: a", "Content-Length: x"),
                400,
                "header");
        says(
                exchange(
                        "POST /ipp/v1/sessions HTTP/1.1",
                        "Host: a",
                        "Content-Length: 1",
                        "Content-Length: 2"),
                400,
                "header");
        says(exchange("GET " + PATH + " HTTP/1.1", "Host: a", "Expect: x"), 417, "Expect");
    }
}
