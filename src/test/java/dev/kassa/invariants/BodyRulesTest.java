package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Bytes;
import dev.kassa.testing.Contract;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import dev.kassa.testing.ValidRequests;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the body of any operation, and a query, may be made of: JSON in UTF-8. */
class BodyRulesTest {
    private final TestServer server = TestServer.shared();

    static Stream<Contract.Documented> operations() {
        return ValidRequests.operations().stream();
    }

    private static void granted(Answer answer) {
        assertThat(answer.response().statusCode()).as(answer.response().body()).isLessThan(300);
    }

    /** Overlong forms, surrogates, beyond Unicode, cut sequences, bytes that are never UTF-8. */
    private static final List<int[]> NO_UTF_8 =
            List.of(
                    new int[] {0xC1, 0x81},
                    new int[] {0xE0, 0x81, 0xA1},
                    new int[] {0xC0, 0xA2},
                    new int[] {0xC0, 0x80},
                    new int[] {0xF0, 0x80, 0x81, 0x81},
                    new int[] {0xED, 0xA0, 0x80},
                    new int[] {0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80},
                    new int[] {0xF4, 0x90, 0x80, 0x80},
                    new int[] {0xF8, 0x88, 0x80, 0x80, 0x80},
                    new int[] {0xC3},
                    new int[] {0xE2, 0x82},
                    new int[] {0xF0, 0x9F, 0x98},
                    new int[] {0x80},
                    new int[] {0xFE},
                    new int[] {0xFF});

    private static Answer raw(ValidRequests.Ready ready, byte[] body) {
        return ready.client()
                .send(
                        ready.client()
                                .request(ready.path())
                                .header("Content-Type", "application/json")
                                .method(
                                        ready.method(),
                                        HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private static String said(Answer answer) {
        return answer.text("detail") + answer.json().path("error_messages").path(0).asString("");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void aBodyIsUtf8OrRefused(Contract.Documented operation) {
        ValidRequests.Ready ready = ValidRequests.shared().of(operation);
        String body = ready.body().toString();
        String rest = body.substring(1);
        for (int[] codes : NO_UTF_8) {
            byte[] bytes = new byte[codes.length];
            for (int i = 0; i < codes.length; i++) {
                bytes[i] = (byte) codes[i];
            }
            Answer answer = raw(ready, Bytes.joined("{\"x\":\"", bytes, "\"," + rest)).is(400);
            assertThat(said(answer)).contains("UTF-8");
        }
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16)) {
            assertThat(said(raw(ready, body.getBytes(charset)).is(400))).contains("UTF-8");
        }
        granted(raw(ready, Bytes.joined("\ufeff", new byte[0], body)));
    }

    private static Answer underAKey(ValidRequests.Ready ready, String body) {
        return ready.client()
                .send(
                        ready.client()
                                .request(ready.path())
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", UUID.randomUUID().toString())
                                .method(ready.method(), HttpRequest.BodyPublishers.ofString(body)));
    }

    /** What people send for a JSON object, and a word of what they are told. */
    static Stream<Arguments> noObjects() {
        return Stream.of(
                Arguments.of("%s{}", "follows the end"),
                Arguments.of("%s null", "follows the end"),
                Arguments.of("%s,", "follows the end"),
                Arguments.of("%s}", "follows the end"),
                Arguments.of("%s x", "follows the end"),
                Arguments.of("{\"x\": NaN}", "no such number as NaN"),
                Arguments.of("{\"x\": Infinity}", "no such number as Infinity"),
                Arguments.of("{\"x\": -Infinity}", "no such number as -Infinity"),
                Arguments.of("{\"x\": 1e99999999999999999999}", "exponent"),
                Arguments.of("{\"x\": [1e-2147483649]}", "exponent"),
                Arguments.of("data=%s", "is a form"),
                Arguments.of("order_amount=100&purchase_currency=SEK", "is a form"),
                Arguments.of("items%5B0%5D=1", "is a form"),
                Arguments.of("<order/>", "XML"),
                Arguments.of("{\"x\": ", "ends too early"),
                Arguments.of("{\"x\": \"abc", "ends too early"),
                Arguments.of("{\"x\": [1, 2", "ends too early"),
                Arguments.of("{'x': 1}", "not valid JSON"),
                Arguments.of("{\"x\": 01}", "not valid JSON"),
                Arguments.of("{\"x\": 1,}", "not valid JSON"),
                Arguments.of("{\"x\": \"a\nb\"}", "not valid JSON"),
                Arguments.of("{\"x\": tru}", "not valid JSON"),
                Arguments.of("{/* */}", "not valid JSON"),
                Arguments.of("hello", "not valid JSON"),
                Arguments.of("{\"x\": 1, \"x\": 2}", "same key twice"),
                Arguments.of("{\"x\":" + "[".repeat(70) + "]".repeat(70) + "}", "nested too deep"),
                Arguments.of("[]", "not a list"),
                Arguments.of("\"text\"", "not a text"),
                Arguments.of("null", "not null"),
                Arguments.of(" ", "is empty"));
    }

    @ParameterizedTest
    @MethodSource("noObjects")
    void whatIsNoObjectIsToldInOurWords(String body, String words) {
        for (Contract.Documented operation : operations().toList()) {
            if (!List.of("createSession", "refundOrder", "registerDevice")
                    .contains(operation.id())) {
                continue;
            }
            ValidRequests.Ready ready = ValidRequests.shared().of(operation);
            String sent = body.replace("%s", ready.body().toString());
            String said = said(ready.client().sloppy(ready.method(), ready.path(), sent).is(400));
            assertThat(said(underAKey(ready, sent).is(400))).isEqualTo(said);
            assertThat(said)
                    .contains(words)
                    .endsWith(".")
                    .doesNotContainPattern(
                            "(?i)feature|jackson|enable|token|codepoint|CTRL-CHAR|`");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%C1%81", "%ED%A0%80", "%F4%90%80%80", "%ff", "%C3", "%", "%1", "%zz"})
    void aQueryIsUtf8OrRefused(String value) {
        TestMerchant merchant = server.merchant();
        // By hand, since an HTTP client refuses to send some of these.
        String request =
                """
                GET /ipp/v1/devices?metadata=a:%s HTTP/1.1
                Host: localhost
                Authorization: Basic %s
                Connection: close

                """
                        .formatted(value, merchant.key().key())
                        .replace("\n", "\r\n");
        assertThat(RawClient.exchange(server.url(), request)).startsWith("HTTP/1.1 400 ");
    }
}
