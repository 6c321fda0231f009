package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose word on the client's address, scheme and host is taken: a trusted proxy's alone. */
class ForwardedTest {
    private static final String TRUSTED = "127.0.0.1, 10.0.0.0/8, fd00::/8";

    /** The link of a receipt, as a request with these headers, separated by |, gets it. */
    private static String link(TestServer server, String headers) {
        TestMerchant merchant = server.merchant();
        TestOrder order = TestOrder.paid(merchant, merchant.device());
        StringBuilder request =
                new StringBuilder("GET " + order.path() + " HTTP/1.1\r\nHost: kassa:8080\r\n");
        if (!headers.isEmpty()) {
            for (String header : headers.split("\\|", -1)) {
                request.append(header).append("\r\n");
            }
        }
        String answer =
                RawClient.exchange(
                        server.url(),
                        request
                                + "Connection: close\r\nAuthorization: "
                                + merchant.api().authorization()
                                + "\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200");
        return answer.replaceFirst("(?s).*\"receipt_url\":\"([^\"]*)/r/.*", "$1");
    }

    @ParameterizedTest
    @CsvSource({
        "'', http://kassa:8080",
        "X-Forwarded-Proto: https, http://kassa:8080",
        "Forwarded: proto=https;host=shop.example, http://kassa:8080"
    })
    void byDefaultNobodyIsBelieved(String headers, String link) {
        assertThat(link(TestServer.shared(), headers)).isEqualTo(link);
    }

    @Test
    void aTrustedProxyIsBelieved() {
        try (TestServer server = TestServer.start(Map.of("KASSA_TRUSTED_PROXIES", TRUSTED))) {
            String[][] cases = {
                {"", "http://kassa:8080"},
                {"X-Forwarded-Proto: https", "https://kassa"},
                {"X-Forwarded-Proto: HTTPS|X-Forwarded-Host: shop.example", "https://shop.example"},
                {
                    "X-Forwarded-Host: shop.example:8443|X-Forwarded-Proto: https",
                    "https://shop.example:8443"
                },
                {"X-Forwarded-Host: a b<c>", "http://kassa:8080"},
                {"X-Forwarded-Proto: javascript", "http://kassa:8080"},
                {
                    "Forwarded: for=192.0.2.1;proto=https;host=\"shop.example\"",
                    "https://shop.example"
                },
                {
                    "Forwarded: FOR=\"[2001:db8::1]:4711\"; Proto=https ;Host=a_b:81",
                    "https://a_b:81"
                },
                // What the client wrote itself stands before what the proxy saw.
                {
                    "Forwarded: proto=http;host=evil.example, for=192.0.2.1;proto=https;host=good.example",
                    "https://good.example"
                },
                {"X-Forwarded-Host: evil.example, good.example", "http://good.example"},
                {"Forwarded: nonsense|X-Forwarded-Proto: https", "http://kassa:8080"},
            };
            for (String[] one : cases) {
                assertThat(link(server, one[0])).as(one[0]).isEqualTo(one[1]);
            }
        }
    }

    /** Pairing counts wrong codes by address. */
    private static String guess(TestServer server, String headers) {
        String body =
                "{\"enrollment_code\":\"ZZZZ-ZZZZ\",\"hardware_id\":\"x\",\"name\":\"x\",\"platform\":\"IOS\"}";
        return RawClient.exchange(
                        server.url(),
                        "POST /pos/v1/devices HTTP/1.1\r\nHost: kassa\r\nConnection: close\r\n"
                                + headers
                                + "Content-Type: application/json\r\nContent-Length: "
                                + body.length()
                                + "\r\n\r\n"
                                + body)
                .substring(9, 12);
    }

    private static void useUp(TestServer server, String headers) {
        for (int i = 0; i < 100; i++) {
            if (guess(server, headers).equals("429")) {
                return;
            }
        }
        throw new AssertionError("no limit");
    }

    @Test
    void limitsCountTheClientBehindATrustedProxy() {
        try (TestServer server = TestServer.start(Map.of("KASSA_TRUSTED_PROXIES", TRUSTED))) {
            useUp(server, "X-Forwarded-For: 192.0.2.7\r\n");
            assertThat(guess(server, "X-Forwarded-For: 192.0.2.8\r\n")).isEqualTo("404");
            assertThat(guess(server, "Forwarded: for=192.0.2.7\r\n")).isEqualTo("429");
            assertThat(guess(server, "X-Forwarded-For: 192.0.2.7, 10.1.1.1\r\n"))
                    .as("through a further proxy of ours")
                    .isEqualTo("429");
            assertThat(guess(server, "X-Forwarded-For: 192.0.2.99, 192.0.2.7\r\n"))
                    .as("the first is the client's own word")
                    .isEqualTo("429");
            assertThat(guess(server, "X-Forwarded-For: 192.0.2.7:5555\r\n")).isEqualTo("429");
        }
    }

    @Test
    void whoIsNoTrustedProxyIsCountedItself() {
        try (TestServer server = TestServer.start(Map.of("KASSA_TRUSTED_PROXIES", "10.0.0.0/8"))) {
            useUp(server, "X-Forwarded-For: 192.0.2.7\r\n");
            assertThat(guess(server, "X-Forwarded-For: 192.0.2.8\r\n")).isEqualTo("429");
        }
    }
}
