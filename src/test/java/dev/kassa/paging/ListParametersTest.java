package dev.kassa.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What lists make of their query parameters, over all lists of the OpenAPI files. */
class ListParametersTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();

    static Stream<Contract.Documented> lists() {
        return Contract.operations().stream().filter(operation -> operation.isList());
    }

    private Answer get(Contract.Documented list, String query) {
        TestClient client = list.path().startsWith("/pos/") ? device.api() : merchant.api();
        String path = list.path();
        if (path.contains("{order_id}")) {
            path = path.replace("{order_id}", TestOrder.paid(merchant, device).id());
        } else if (path.contains("{sessionId}")) {
            path = path.replace("{sessionId}", merchant.session(device));
        } else if (path.contains("{id}")) {
            String name = "D" + System.nanoTime();
            String body = "{\"name\": \"%s\", \"url\": \"https://shop.example/\"}".formatted(name);
            String id =
                    merchant.api().post("/kassa/v1/webhook-destinations", body).is(201).text("id");
            path = path.replace("{id}", id);
        }
        return client.get(path + query);
    }

    @Test
    void theListsAreThese() {
        assertThat(lists().map(list -> list.id()))
                .containsExactlyInAnyOrder(
                        "listEnrollments",
                        "listDevices",
                        "listLocations",
                        "listWebhookDestinations",
                        "listWebhookDeliveries",
                        "listEvents",
                        "listCaptures",
                        "listOpenSessions",
                        "getProviderFaults",
                        "getProviderFaultsOfSession");
    }

    /** A filter that is misspelt must not list everything. */
    @ParameterizedTest
    @MethodSource("lists")
    void anUnknownParameterIsRefused(Contract.Documented list) {
        for (String name :
                List.of("metadata[till]", "Location_id", "locationid", "page", "x", "%", "a b")) {
            String query = URLEncoder.encode(name, StandardCharsets.UTF_8);
            Answer refused = get(list, "?" + query + "=7").is(400);
            assertThat(refused.faults().toString()).contains(name.replaceAll(" .*", ""));
            assertThat(refused.response().body()).contains("is not known here");
            assertThat(get(list, "?" + query).response().statusCode()).isEqualTo(400);
        }
        get(list, "?").is(200);
        get(list, "?&&").is(200);
    }

    @ParameterizedTest
    @MethodSource("lists")
    void everyDocumentedParameterIsKnown(Contract.Documented list) {
        for (String name : list.parameters().keySet()) {
            assertThat(get(list, "?" + name + "=1").response().body())
                    .as(name)
                    .doesNotContain("is not known here");
        }
    }

    /** The contract names a top for enrollments, and none for devices and locations. */
    @ParameterizedTest
    @CsvSource({
        "devices, 101, 101",
        "devices, 500, 500",
        "devices, 1000, 1000",
        "devices, 1001, 1000",
        "devices, 2147483648, 1000",
        "devices, 99999999999999999999, 1000",
        "locations, 500, 500",
        "locations, 1001, 1000",
        "devices, 0, 0",
        "devices, 00, 0",
        "devices, 1e3, 0",
        "devices, -1, 0",
        "locations, 0, 0",
        "enrollments, 100, 100",
        "enrollments, 101, 0"
    })
    void aPageMayBeAsLargeAsTheContractLeavesOpen(String list, String asked, int served) {
        TestClient api = merchant.api();
        String query = "/ipp/v1/" + list + "?page_size=" + asked;
        if (served == 0) {
            assertThat(api.get(query).is(400).faults()).containsExactly("page_size");
        } else {
            assertThat(api.get(query).is(200).json().path("page_size").asInt()).isEqualTo(served);
        }
    }

    @Test
    void aShopWithAHundredAndOneTillsSeesThemAll() {
        for (int i = 0; i < 100; i++) {
            merchant.device();
        }
        assertThat(merchant.api().get("/ipp/v1/devices?page_size=500").json().path("content"))
                .hasSize(101);
    }
}
