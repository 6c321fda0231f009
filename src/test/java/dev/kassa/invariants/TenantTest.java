package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** I8: with any mixture of another merchant's ids, nothing of theirs is returned or changed. */
class TenantTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant owner = server.merchant();
    private final TestMerchant intruder = server.merchant();
    private final TestMerchant.TestDevice device = owner.device();
    private final TestMerchant.TestDevice intrudersDevice = intruder.device();
    private final String open = owner.session(device);
    private final TestOrder order = TestOrder.paid(owner, owner.device());
    private final String refund =
            order.refund(1000).is(201).response().headers().firstValue("refund-id").orElseThrow();
    private final String enrollment =
            owner.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_id");

    private final String destination =
            TestDestination.create(owner, "shop", URI.create("http://127.0.0.1:9/")).id();

    private List<String> ids() {
        return List.of(
                open,
                order.session(),
                order.id(),
                refund,
                device.id(),
                enrollment,
                destination,
                owner.location().toString(),
                owner.id().value());
    }

    /** Everything the owner has, in every table that knows of merchants. */
    private Map<String, List<String>> holdings() {
        server.run("key-uses"); // What was not written yet of the owner's own requests.
        Map<String, List<String>> holdings = new TreeMap<>();
        for (String table :
                server.texts(
                        """
                        select table_name from information_schema.columns
                        where table_schema = 'public' and column_name = ?
                        """,
                        "merchant_id")) {
            holdings.put(
                    table,
                    server.texts(
                            "select t::text from " + table + " t where merchant_id = ? order by 1",
                            owner.id().value()));
        }
        assertThat(holdings).containsKeys("session", "device", "attempt", "event", "orders");
        return holdings;
    }

    /** Each route with each foreign id in its path, query and body. */
    private List<Answer> intrusions() {
        List<Answer> answers = new ArrayList<>();
        for (String route : Contract.routes()) {
            String method = route.substring(0, route.indexOf(' '));
            String path = route.substring(method.length() + 1);
            if (path.endsWith("/stream")) {
                continue; // Shows what its token's device may see; there is no id to mix in.
            }
            TestClient client = path.startsWith("/pos/") ? intrudersDevice.api() : intruder.api();
            for (String id : ids()) {
                for (String other : ids()) {
                    String target = path.replaceAll("\\{[^}]+}", id);
                    answers.add(
                            client.send(
                                    client.request(target + "?location_id=" + other + "&x=" + id)
                                            .header("x-merchant-id", owner.id().value())
                                            .header("Content-Type", "application/json")
                                            .method(
                                                    method,
                                                    HttpRequest.BodyPublishers.ofString(
                                                            method.equals("GET")
                                                                    ? ""
                                                                    : body(id, other)))));
                }
            }
        }
        return answers;
    }

    private static String body(String id, String other) {
        String cart = TestMerchant.cart(id).strip();
        return cart.substring(0, cart.length() - 1)
                + """
                , "location_id": "%s", "enrollment_code": "%s", "hardware_id": "%s", "name": "%s",
                "platform": "IOS", "method": "tap_to_pay", "merchant_id": "%s", "id": "%s",
                "session_id": "%s", "refunded_amount": 1, "captured_amount": 1,
                "shipping_info": [{}], "merchant_reference1": "Intruder"}
                """
                        .formatted(other, id, other, "Intruder", id, other, id);
    }

    @Test
    void nothingOfAnotherMerchantIsReturnedOrChanged() {
        Map<String, List<String>> before = holdings();
        List<Answer> answers = intrusions();
        assertThat(answers).hasSizeGreaterThan(500);
        assertThat(holdings()).isEqualTo(before);
        for (Answer answer : answers) {
            int status = answer.response().statusCode();
            assertThat(status).as("%s", answer.response()).isNotEqualTo(403).isLessThan(500);
            if (status < 300) {
                for (String id : ids()) {
                    assertThat(answer.response().body())
                            .as("%s", answer.response().request())
                            .doesNotContain(id);
                }
            }
        }
    }
}
