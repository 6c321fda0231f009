package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Limits of bodies, carts, pairing and metadata: met at the limit, refused one past it, counted in
 * characters.
 */
class LimitsTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private ObjectNode registration() {
        String code =
                merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
        return Json.MAPPER
                .createObjectNode()
                .put("enrollment_code", code)
                .put("hardware_id", "HW-" + code)
                .put("name", "Phone")
                .put("platform", "IOS");
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                Arguments.of("name", Limits.DEVICE_NAME_CHARS),
                Arguments.of("hardware_id", Limits.HARDWARE_ID_CHARS),
                Arguments.of("push_token", Limits.PUSH_TOKEN_CHARS));
    }

    @ParameterizedTest
    @MethodSource("texts")
    void textsOfARegistration(String field, int limit) {
        TestClient nobody = new TestClient(server.url(), null);
        ObjectNode body = registration();
        body.put(field, "é".repeat(limit + 1));
        assertThat(nobody.post("/pos/v1/devices", body.toString()).is(400).faults())
                .containsExactly(field);
        body.put(field, "é".repeat(limit));
        nobody.post("/pos/v1/devices", body.toString()).is(201);
    }

    @Test
    void enrollmentCode() {
        TestClient nobody = new TestClient(server.url(), null);
        ObjectNode body = registration();
        body.put("enrollment_code", "A".repeat(Limits.ENROLLMENT_CODE_CHARS));
        nobody.post("/pos/v1/devices", body.toString()).is(404);
        body.put("enrollment_code", "A".repeat(Limits.ENROLLMENT_CODE_CHARS + 1));
        assertThat(nobody.post("/pos/v1/devices", body.toString()).is(400).faults())
                .containsExactly("enrollment_code");
    }

    private static String metadata(int entries, int keyChars, int valueChars) {
        ObjectNode metadata = Json.MAPPER.createObjectNode();
        for (int i = 0; i < entries; i++) {
            String number = Integer.toString(i);
            metadata.put("😀".repeat(keyChars - number.length()) + number, "😀".repeat(valueChars));
        }
        return "{\"metadata\": " + metadata + "}";
    }

    @Test
    void metadataOfAnEnrollment() {
        TestClient api = merchant.api();
        int entries = Limits.METADATA_KEYS;
        int key = Limits.METADATA_KEY_CHARS;
        int value = Limits.METADATA_VALUE_CHARS;
        api.post("/ipp/v1/enrollments", metadata(entries, key, value)).is(201);
        assertThat(api.post("/ipp/v1/enrollments", metadata(entries + 1, key, 1)).is(400).faults())
                .containsExactly("metadata");
        assertThat(api.post("/ipp/v1/enrollments", metadata(1, key + 1, 1)).is(400).faults())
                .containsExactly("metadata");
        assertThat(api.post("/ipp/v1/enrollments", metadata(1, 2, value + 1)).is(400).faults())
                .singleElement()
                .asString()
                .startsWith("metadata.");
        assertThat(
                        api.post("/ipp/v1/enrollments", "{\"metadata\": {\"\": \"x\"}}")
                                .is(400)
                                .faults())
                .containsExactly("metadata");
    }

    @Test
    void nestingOfABody() {
        TestClient api = merchant.api();
        int inner = Limits.JSON_DEPTH - 1;
        api.post("/ipp/v1/enrollments", "{\"x\":" + "[".repeat(inner) + "]".repeat(inner) + "}")
                .is(201);
        String deeper = "{\"x\":" + "[".repeat(inner + 1) + "]".repeat(inner + 1) + "}";
        assertThat(api.post("/ipp/v1/enrollments", deeper).is(400).text("detail"))
                .contains("nested too deep");
        assertThat(api.post("/ipp/v1/enrollments", "{\"x\": 1, \"x\": 2}").is(400).text("detail"))
                .contains("twice")
                .doesNotContain("Feature");
    }

    /** A cart whose JSON, as it is kept, has so many bytes. */
    private static String cart(String device, int bytes) {
        ObjectNode cart = (ObjectNode) Json.MAPPER.readTree(TestMerchant.cart(device));
        ArrayNode items = (ArrayNode) cart.get("order_items");
        ObjectNode free = items.get(0).deepCopy().asObject();
        free.put("unit_price", 0).put("total_amount", 0).put("total_tax_amount", 0);
        int least = Json.bytes(free.put("name", "x")).length + 1;
        int left = bytes - Json.bytes(items).length;
        while (left > 0) {
            int longer = Math.min(left - least, Limits.REFERENCE_CHARS - 1);
            if (left - least - longer < least) {
                longer = Math.min(longer, Math.max(0, left - 2 * least));
            }
            items.add(free.deepCopy().asObject().put("name", "x".repeat(1 + longer)));
            left -= least + longer;
        }
        assertThat(Json.bytes(items)).hasSize(bytes);
        return cart.toPrettyString();
    }

    @Test
    void bytesOfACart() {
        TestMerchant.TestDevice device = merchant.device();
        TestClient api = merchant.api();
        Answer refused =
                api.post("/ipp/v1/sessions", cart(device.id(), Limits.CART_BYTES + 1)).is(400);
        assertThat(refused.faults()).containsExactly("order_items");
        api.post("/ipp/v1/sessions", cart(device.id(), Limits.CART_BYTES)).is(200);
    }

    @Test
    void valuesAndNamesOfABody() {
        TestClient api = merchant.api();
        // The object, its name, the array: five tokens besides the array's own.
        int most = Limits.JSON_TOKENS - 5;
        String zeros = "0,".repeat(most - 1) + "0";
        String session = "/ipp/v1/sessions";
        assertThat(api.post(session, "{\"x\":[" + zeros + "]}").is(400).faults()).isNotEmpty();
        Answer refused = api.post(session, "{\"x\":[" + zeros + ",0]}").is(400);
        assertThat(refused.faults()).isEmpty();
        assertThat(refused.text("detail")).contains(Limits.JSON_TOKENS + " values and names");
    }

    @Test
    void openSessionsOfADevice() {
        TestMerchant.TestDevice till = merchant.device();
        TestClient api = merchant.api();
        String first = merchant.session(till);
        for (int i = 1; i < Limits.OPEN_SESSIONS; i++) {
            var _ = merchant.session(till);
        }
        String cart = TestMerchant.cart(till.id());
        assertThat(api.post("/ipp/v1/sessions", cart).is(409).text("detail"))
                .contains(String.valueOf(Limits.OPEN_SESSIONS));
        api.postOnce("one more of " + till.id(), "/ipp/v1/sessions", cart).is(409);
        assertThat(merchant.status(merchant.session(merchant.device()))).isEqualTo("CREATED");
        merchant.cancel(first).is(200);
        assertThat(merchant.status(merchant.session(till))).isEqualTo("CREATED");
    }
}
