package dev.kassa.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.location.Locations;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

class SessionApiTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    private ObjectNode cart() {
        return (ObjectNode) Json.MAPPER.readTree(TestMerchant.cart(device.id()));
    }

    private Answer create(ObjectNode cart) {
        return merchant.api().post("/ipp/v1/sessions", cart.toString());
    }

    private long sessions() {
        return server.count(
                "select count(*) from session where merchant_id = ?", merchant.id().value());
    }

    @Test
    void answersTheDocumentedFieldsAndNoOthers() {
        Answer created = create(cart()).is(200);
        assertThat(created.fields())
                .containsExactlyInAnyOrder(
                        "session_id",
                        "status",
                        "device_id",
                        "order_amount",
                        "order_tax_amount",
                        "purchase_currency",
                        "purchase_started_at",
                        "order_items",
                        "merchant_reference1",
                        "merchant_reference2",
                        "merchant_data",
                        "created_at",
                        "expires_at",
                        "updated_at");
        assertThat(created.text("status")).isEqualTo("CREATED");
        assertThat(created.text("purchase_started_at")).isEqualTo("2024-01-15T10:30:00Z");
        assertThat(created.text("merchant_data")).isEqualTo("{\"customer_id\":\"C123\"}");
        assertThat(created.json().path("order_items")).isEqualTo(cart().path("order_items"));
        Answer read = merchant.api().get("/ipp/v1/sessions/" + created.text("session_id")).is(200);
        assertThat(read.json()).isEqualTo(created.json());
    }

    @Test
    void absentValuesAreLeftOut() {
        ObjectNode cart = cart();
        cart.remove(List.of("merchant_reference1", "merchant_reference2", "merchant_data"));
        cart.putNull("purchase_completed_at");
        assertThat(create(cart).is(200).fields())
                .doesNotContain("merchant_reference1", "merchant_data", "purchase_completed_at");
    }

    @Test
    void unknownFieldsAreIgnored() {
        ObjectNode cart = cart();
        cart.put("device_color", "red");
        assertThat(create(cart).is(200).fields()).doesNotContain("device_color");
    }

    @Test
    void negativeLinesOfRealClientsAreAccepted() {
        ObjectNode cart = cart();
        cart.put("order_amount", 239_500);
        cart.withArray("order_items")
                .addObject()
                .put("type", "discount")
                .put("name", "Rounding")
                .put("quantity", 1)
                .put("unit_price", -500)
                .put("total_amount", -500)
                .put("total_discount_amount", 0)
                .put("tax_rate", 0)
                .put("total_tax_amount", 0);
        create(cart).is(200);
    }

    /** A gift card as the shop plugin sends it: the goods' tax stays, an untaxed line takes off. */
    @Test
    void taxMayExceedWhatIsLeftToPay() {
        ObjectNode cart = cart();
        cart.put("order_amount", 1_000).put("order_tax_amount", 48_000);
        cart.withArray("order_items")
                .addObject()
                .put("type", "discount")
                .put("name", "Gift card")
                .put("unit_price", -239_000)
                .put("total_amount", -239_000)
                .put("tax_rate", 0)
                .put("total_tax_amount", 0);
        create(cart).is(200);
    }

    @Test
    void everyFaultIsNamedAtOnceAndNothingIsChanged() {
        ObjectNode cart = cart();
        cart.put("device_id", "no uuid");
        cart.put("order_amount", "240000");
        cart.remove("order_tax_amount");
        cart.put("purchase_currency", "kronor");
        cart.put("purchase_started_at", "yesterday");
        item(cart, 1).put("unit_price", 12.5);
        item(cart, 1).put("type", "gift");
        item(cart, 0).remove("name");
        Answer refused = create(cart).is(400);
        assertThat(refused.text("title")).isEqualTo("Validation Failed");
        assertThat(refused.faults())
                .containsExactlyInAnyOrder(
                        "device_id",
                        "order_amount",
                        "order_tax_amount",
                        "purchase_currency",
                        "purchase_started_at",
                        "order_items[0].name",
                        "order_items[1].unit_price",
                        "order_items[1].type");
        assertThat(refused.text("errors", "order_tax_amount"))
                .isEqualTo("The order tax amount is missing.");
        assertThat(sessions()).isZero();
    }

    private static ObjectNode item(ObjectNode cart, int index) {
        return (ObjectNode) cart.path("order_items").get(index);
    }

    private static Arguments fault(String path, Consumer<ObjectNode> change) {
        return Arguments.of(path, change);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("order_amount", c -> c.put("order_amount", 239_999)),
                fault("order_amount", c -> c.put("order_amount", 0)),
                fault("order_amount", c -> c.put("order_amount", -1)),
                fault("order_amount", c -> c.put("order_amount", 1e3)),
                fault(
                        "order_amount",
                        c -> c.set("order_amount", Json.MAPPER.readTree("99999999999999999999"))),
                fault("order_tax_amount", c -> c.put("order_tax_amount", -240_001)),
                fault("order_tax_amount", c -> c.put("order_tax_amount", 240_001)),
                fault("order_tax_amount", c -> c.put("order_tax_amount", 3_000_000_000L)),
                fault("purchase_currency", c -> c.put("purchase_currency", "sek")),
                fault("purchase_currency", c -> c.put("purchase_currency", "ZZZ")),
                fault(
                        "purchase_started_at",
                        c -> c.put("purchase_started_at", "2024-01-15T10:30:00")),
                fault(
                        "purchase_started_at",
                        c -> c.put("purchase_started_at", "+999999999-01-01T00:00:00Z")),
                fault(
                        "purchase_started_at",
                        c -> c.put("purchase_started_at", "9999-12-31T23:59:59-18:00")),
                fault(
                        "purchase_started_at",
                        c -> c.put("purchase_started_at", "0000-01-01T00:00:00Z")),
                fault("purchase_completed_at", c -> c.put("purchase_completed_at", 5)),
                fault("order_items", c -> c.putArray("order_items")),
                fault("order_items", c -> c.put("order_items", "none")),
                fault("order_items[0]", c -> c.putArray("order_items").add(1)),
                fault("merchant_reference1", c -> c.put("merchant_reference1", "x".repeat(256))),
                fault("merchant_reference2", c -> c.put("merchant_reference2", true)),
                fault("merchant_data", c -> c.put("merchant_data", "x".repeat(6001))),
                fault("device_id", c -> c.put("device_id", "1-1-1-1-1")),
                fault("device_id", c -> c.putNull("device_id")));
    }

    static Stream<Arguments> faultsOfAnItem() {
        return Stream.of(
                fault("order_items[0].total_amount", c -> item(c, 0).put("total_amount", 200_001)),
                fault(
                        "order_items[0].total_discount_amount",
                        c -> item(c, 0).put("total_discount_amount", -1)),
                fault(
                        "order_items[0].total_tax_amount",
                        c -> item(c, 0).put("total_tax_amount", -1)),
                fault(
                        "order_items[0].total_tax_amount",
                        c -> item(c, 0).put("total_tax_amount", 200_001)),
                fault("order_items[0].tax_rate", c -> item(c, 0).put("tax_rate", 10_001)),
                fault("order_items[0].tax_rate", c -> item(c, 0).put("tax_rate", -1)),
                fault("order_items[0].quantity", c -> item(c, 0).put("quantity", -1)),
                fault(
                        "order_items[0].quantity",
                        c -> item(c, 0).put("quantity", Limits.QUANTITY + 1)),
                fault(
                        "order_items[0].unit_price",
                        c -> item(c, 0).put("unit_price", Long.MAX_VALUE)),
                fault("order_items[0].name", c -> item(c, 0).put("name", " ")),
                fault("order_items[0].name", c -> item(c, 0).put("name", "x".repeat(256))),
                fault("order_items[0].name", c -> item(c, 0).put("name", "nul\u0000")),
                fault(
                        "order_items[0].reference",
                        c -> item(c, 0).put("reference", "x".repeat(256))));
    }

    @ParameterizedTest
    @MethodSource({"faults", "faultsOfAnItem"})
    void aFaultIsNamedByItsPath(String path, Consumer<ObjectNode> change) {
        ObjectNode cart = cart();
        change.accept(cart);
        assertThat(create(cart).is(400).faults()).containsExactly(path);
        assertThat(sessions()).isZero();
    }

    @Test
    void limitsAreMetExactly() {
        ObjectNode cart = cart();
        cart.put("merchant_reference1", "å".repeat(Limits.REFERENCE_CHARS));
        cart.put("merchant_data", "😀".repeat(Limits.MERCHANT_DATA_CHARS));
        item(cart, 0).put("name", "x".repeat(Limits.REFERENCE_CHARS));
        Answer created = create(cart).is(200);
        assertThat(created.text("merchant_data"))
                .isEqualTo("😀".repeat(Limits.MERCHANT_DATA_CHARS));

        ObjectNode many = cart();
        var items = many.putArray("order_items");
        for (int i = 0; i < Limits.ORDER_ITEMS; i++) {
            items.addObject()
                    .put("name", "Penny")
                    .put("unit_price", 1)
                    .put("total_amount", 1)
                    .put("tax_rate", 0)
                    .put("total_tax_amount", 0);
        }
        many.put("order_amount", Limits.ORDER_ITEMS).put("order_tax_amount", 0);
        create(many).is(200);
        items.add(items.get(0));
        many.put("order_amount", Limits.ORDER_ITEMS + 1);
        assertThat(create(many).is(400).faults()).containsExactly("order_items");
    }

    @Test
    void unreadableBodies() {
        TestClient api = merchant.api();
        api.post("/ipp/v1/sessions", "").is(400);
        api.post("/ipp/v1/sessions", "[]").is(400);
        assertThat(api.post("/ipp/v1/sessions", "{\"a\": }").is(400).text("detail"))
                .contains("line 1");
        api.post("/ipp/v1/sessions", "{\"a\": 1, \"a\": 2}").is(400);
        api.post("/ipp/v1/sessions", "{\"a\":".repeat(100) + "1" + "}".repeat(100)).is(400);
        api.post("/ipp/v1/sessions", "{\"a\": \"" + "x".repeat(Limits.SESSION_BODY_BYTES) + "\"}")
                .is(413);
        api.send(
                        api.request("/ipp/v1/sessions")
                                .header("Content-Type", "text/plain")
                                .POST(HttpRequest.BodyPublishers.ofString("{}")))
                .is(415);
        api.send(api.request("/ipp/v1/sessions").DELETE()).is(405);
        api.get("/ipp/v1/sessions/no-uuid").is(400);
        assertThat(api.get("/ipp/v1/sessions/no-uuid").faults()).containsExactly("session_id");
    }

    @Test
    void unknownAndForeignThingsAreNotFound() {
        TestMerchant other = server.merchant();
        String session = merchant.session(device);
        String unknown = UUID.randomUUID().toString();
        for (String id : List.of(session, unknown)) {
            other.api().get("/ipp/v1/sessions/" + id).is(404);
            other.api().put("/ipp/v1/sessions/" + id + "/cancel").is(404);
            other.tap(id, "SUCCESS").is(404);
            other.device().attach(id).is(404);
        }
        other.api().post("/ipp/v1/sessions", TestMerchant.cart(device.id())).is(404);
        other.api().post("/ipp/v1/sessions", TestMerchant.cart(unknown)).is(404);
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        merchant.device().api().get("/pos/v1/sessions/" + session).is(404);
    }

    @Test
    void locationMustBeTheDevicesOwn() {
        String cart = TestMerchant.cart(device.id());
        TestClient api = merchant.api();
        api.post("/ipp/v1/sessions?location_id=" + merchant.location(), cart).is(200);
        api.post("/ipp/v1/sessions?location_id=" + UUID.randomUUID(), cart).is(404);
        assertThat(api.post("/ipp/v1/sessions?location_id=here", cart).is(400).faults())
                .containsExactly("location_id");
        assertThat(
                        api.post("/ipp/v1/sessions?location_id=here", "{\"device_id\": 1}")
                                .is(400)
                                .faults())
                .contains("location_id", "device_id", "order_amount");
        var second = server.server.part(Locations.class).create(merchant.id(), "Second", "SE");
        assertThat(api.post("/ipp/v1/sessions?location_id=" + second, cart).is(400).faults())
                .containsExactly("location_id");
        assertThat(api.post("/ipp/v1/enrollments", "{}").is(400).faults())
                .containsExactly("location_id");
        api.post("/ipp/v1/enrollments", "{\"location_id\": \"" + second + "\"}").is(201);
    }

    @Test
    void cancelIsFinalAndMayBeRepeated() {
        String session = merchant.session(device);
        TestClient api = merchant.api();
        Answer cancelled = api.put("/ipp/v1/sessions/" + session + "/cancel").is(200);
        assertThat(cancelled.text("status")).isEqualTo("CANCELLED");
        assertThat(api.put("/ipp/v1/sessions/" + session + "/cancel").is(200).json())
                .isEqualTo(cancelled.json());
        merchant.tap(session, "SUCCESS").is(409);
        device.attach(session).is(409);
    }
}
