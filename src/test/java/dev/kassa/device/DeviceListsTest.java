package dev.kassa.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.location.Locations;
import dev.kassa.testing.Answer;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Enrollments, locations and devices, as lists and one by one. */
class DeviceListsTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestClient api = merchant.api();

    private String enrollment(String metadata) {
        return api.post("/ipp/v1/enrollments", "{\"metadata\": " + metadata + "}")
                .is(201)
                .text("enrollment_id");
    }

    private List<String> ids(String path, String field) {
        return api.get(path)
                .is(200)
                .json()
                .path("content")
                .valueStream()
                .map(node -> node.path(field).asString())
                .toList();
    }

    private List<String> enrollments(String query) {
        return ids("/ipp/v1/enrollments" + query, "enrollment_id");
    }

    @Test
    void pagesAreNewestFirstAndCountRight() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            made.add(enrollment("{}"));
        }
        Collections.reverse(made);
        JsonNode first = api.get("/ipp/v1/enrollments").is(200).json();
        assertThat(first.propertyNames())
                .containsExactlyInAnyOrder(
                        "content",
                        "total_elements",
                        "total_pages",
                        "page_number",
                        "page_size",
                        "first",
                        "last");
        assertThat(first.toString())
                .contains(
                        "\"total_elements\":45,\"total_pages\":3,\"page_number\":0,\"page_size\":20,"
                                + "\"first\":true,\"last\":false");
        assertThat(enrollments("")).isEqualTo(made.subList(0, 20));
        assertThat(enrollments("?page_number=1")).isEqualTo(made.subList(20, 40));
        assertThat(enrollments("?page_number=2")).isEqualTo(made.subList(40, 45));
        assertThat(api.get("/ipp/v1/enrollments?page_number=2").json().path("last").asBoolean())
                .isTrue();
        assertThat(enrollments("?page_number=3")).isEmpty();
        assertThat(enrollments("?page_size=100")).isEqualTo(made);
        assertThat(enrollments("?page_number=44&page_size=1")).isEqualTo(made.subList(44, 45));
        assertThat(enrollments("?page_number=2147483647&page_size=100")).isEmpty();
    }

    /**
     * Documented: the last of a page is then also the first of the next, and nothing is left out.
     */
    @Test
    void whatIsMadeBetweenTwoPagesMovesTheRestOn() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            made.add(enrollment("{}"));
        }
        Collections.reverse(made);
        List<String> first = enrollments("?page_size=10");
        enrollment("{}");
        List<String> second = enrollments("?page_size=10&page_number=1");
        assertThat(first).isEqualTo(made.subList(0, 10));
        assertThat(second).isEqualTo(made.subList(9, 15));
    }

    @Test
    void anEmptyListIsOnePage() {
        assertThat(api.get("/ipp/v1/devices").is(200).json().toString())
                .contains(
                        "\"content\":[],\"total_elements\":0,\"total_pages\":0,\"page_number\":0,"
                                + "\"page_size\":20,\"first\":true,\"last\":true");
    }

    @ParameterizedTest
    @CsvSource({
        "page_number=-1, page_number",
        "page_number=one, page_number",
        "page_number=2147483648, page_number",
        "page_number=0x10, page_number",
        "page_number=, page_number",
        "page_size=0, page_size",
        "page_size=x, page_size",
        "location_id=here, location_id",
        "location_id=, location_id",
        "metadata=store, metadata",
        "metadata=:1, metadata",
        "metadata=a:1&metadata=a:1, metadata",
        "metadata=a:1&metadata=b:1&metadata=c:1&metadata=d:1&metadata=e:1&metadata=f:1, metadata"
    })
    void badQueriesNameTheParameter(String query, String parameter) {
        for (String list : List.of("enrollments", "devices")) {
            assertThat(api.get("/ipp/v1/" + list + "?" + query).is(400).faults())
                    .containsExactly(parameter);
        }
    }

    @Test
    void badFlagIsNamed() {
        assertThat(api.get("/ipp/v1/enrollments?include_consumed=yes&page_size=0").is(400).faults())
                .containsExactly("include_consumed", "page_size");
        assertThat(api.get("/ipp/v1/locations?page_size=0").is(400).faults())
                .containsExactly("page_size");
    }

    @Test
    void metadataFiltersMustAllMatch() {
        String both = enrollment("{\"store_id\": \"123\", \"type\": \"checkout\"}");
        String one = enrollment("{\"store_id\": \"123\"}");
        enrollment("{\"store_id\": \"1234\"}");
        String odd = enrollment("{\"note\": \"a,b:c\"}");
        assertThat(enrollments("?metadata=store_id:123")).containsExactly(one, both);
        assertThat(enrollments("?metadata=store_id%3A123&metadata=type:checkout"))
                .containsExactly(both);
        assertThat(enrollments("?metadata=store_id:12")).isEmpty();
        assertThat(enrollments("?metadata=note:a,b:c")).containsExactly(odd);
        assertThat(enrollments("?metadata=a:1&metadata=b:1&metadata=c:1&metadata=d:1&metadata=e:1"))
                .isEmpty();
    }

    @Test
    void aKeyMayHaveDotsAndBrackets() {
        String odd =
                enrollment("{\"a.b\": \"1\", \"c[d]\": \"2\", \"e f\": \"3+4\", \"empty\": \"\"}");
        var _ = enrollment("{\"a\": \"1\", \"c\": \"2\"}");
        for (String filter : List.of("a.b:1", "c%5Bd%5D:2", "e%20f:3%2B4", "e+f:3%2B4", "empty:")) {
            assertThat(enrollments("?metadata=" + filter)).as(filter).containsExactly(odd);
        }
    }

    @Test
    void consumedAndWithdrawnCodes() {
        Answer made = api.post("/ipp/v1/enrollments", "{}").is(201);
        String consumed = made.text("enrollment_id");
        server.pair(made.text("enrollment_code"), "HW-LIST").is(201);
        String pending = enrollment("{}");
        String withdrawn = enrollment("{}");
        api.delete("/ipp/v1/enrollments/" + withdrawn).is(204);
        api.delete("/ipp/v1/enrollments/" + withdrawn).is(404);
        assertThat(enrollments("")).containsExactly(pending, consumed);
        assertThat(enrollments("?include_consumed=true")).containsExactly(pending, consumed);
        assertThat(enrollments("?include_consumed=false")).containsExactly(pending);
        api.delete("/ipp/v1/enrollments/" + consumed).is(204);
        assertThat(enrollments("")).containsExactly(pending);
        assertThat(ids("/ipp/v1/devices", "hardware_id")).containsExactly("HW-LIST");
    }

    @Test
    void aWithdrawnCodePairsNothing() {
        Answer made = api.post("/ipp/v1/enrollments", "{}").is(201);
        api.delete("/ipp/v1/enrollments/" + made.text("enrollment_id")).is(204);
        server.pair(made.text("enrollment_code"), "HW").is(404);
    }

    @Test
    void aCodePastItsTimeIsListedAsExpired() {
        try (TestServer own = TestServer.start()) {
            TestClient client = own.merchant().api();
            client.post("/ipp/v1/enrollments", "{}").is(201);
            own.clock.advance(Duration.ofHours(2));
            assertThat(
                            client.get("/ipp/v1/enrollments")
                                    .is(200)
                                    .json()
                                    .path("content")
                                    .path(0)
                                    .path("status")
                                    .asString())
                    .isEqualTo("EXPIRED");
        }
    }

    @Test
    void locations() {
        var second = server.server.part(Locations.class).create(merchant.id(), "Second", "NO");
        assertThat(ids("/ipp/v1/locations", "id"))
                .containsExactly(second.toString(), merchant.location().toString());
        Answer one = api.get("/ipp/v1/locations/" + second).is(200);
        assertThat(one.fields())
                .containsExactlyInAnyOrder(
                        "id", "merchant_id", "name", "country", "created_at", "updated_at");
        assertThat(one.text("country")).isEqualTo("NO");
        api.get("/ipp/v1/locations/" + UUID.randomUUID()).is(404);
        assertThat(api.get("/ipp/v1/locations/here").is(400).faults()).containsExactly("id");
        assertThat(enrollments("?location_id=" + second)).isEmpty();
        assertThat(ids("/ipp/v1/devices?location_id=" + UUID.randomUUID(), "id")).isEmpty();
    }

    @Test
    void updateReplacesTheDevice() {
        TestMerchant.TestDevice device = merchant.device();
        String path = "/ipp/v1/devices/" + device.id();
        Answer full =
                api.put(
                                path,
                                """
                                {"name": "Till 2", "metadata": {"a": "b"}, "location_id": "%s"}
                                """
                                        .formatted(merchant.location()))
                        .is(200);
        assertThat(full.fields()).doesNotContain("credentials", "device_id");
        assertThat(full.text("name")).isEqualTo("Till 2");
        assertThat(full.json().path("metadata").toString()).isEqualTo("{\"a\":\"b\"}");
        assertThat(ids("/ipp/v1/devices?metadata=a:b", "id")).containsExactly(device.id());

        Answer bare = api.put(path, "{}").is(200);
        assertThat(bare.text("name")).isEqualTo("Till 2");
        assertThat(bare.fields()).doesNotContain("location_id");
        assertThat(bare.json().path("metadata")).isEmpty();
        merchant.session(device);
        merchant.tap(merchant.session(device), "SUCCESS").is(200);

        var _ = server.server.part(Locations.class).create(merchant.id(), "Second", "SE");
        assertThat(api.post("/ipp/v1/sessions", TestMerchant.cart(device.id())).is(400).faults())
                .containsExactly("location_id");
        api.post(
                        "/ipp/v1/sessions?location_id=" + merchant.location(),
                        TestMerchant.cart(device.id()))
                .is(200);
        api.put(path, "{\"location_id\": \"" + UUID.randomUUID() + "\"}").is(404);
        api.put("/ipp/v1/devices/" + UUID.randomUUID(), "{}").is(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"\"}",
                "{\"name\": true}",
                "{\"location_id\": \"\"}",
                "{\"metadata\": \"x\"}"
            })
    void badUpdatesChangeNothing(String body) {
        TestMerchant.TestDevice device = merchant.device();
        String before = device(device.id());
        api.put("/ipp/v1/devices/" + device.id(), body).is(400);
        api.put("/ipp/v1/devices/" + device.id(), "{\"name\": \"" + "x".repeat(101) + "\"}")
                .is(400);
        assertThat(device(device.id())).isEqualTo(before);
        api.put("/ipp/v1/devices/" + device.id(), "{\"name\": \"" + "x".repeat(100) + "\"}")
                .is(200);
    }

    private String device(String id) {
        return server.texts("select device::text from device where device_id = ?::uuid", id)
                .getFirst();
    }

    @Test
    void aDeregisteredDeviceIsGoneAtOnce() throws InterruptedException {
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        device.api().get("/pos/v1/sessions").is(200);
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            assertThat(stream.next().session()).isEqualTo(session);
            api.delete("/ipp/v1/devices/" + device.id()).is(204);
            assertThat(stream.ends()).isTrue();
        }
        device.api().get("/pos/v1/sessions").is(401);
        device.attach(session).is(401);
        assertThat(ids("/ipp/v1/devices", "id")).isEmpty();
        api.delete("/ipp/v1/devices/" + device.id()).is(404);
        api.put("/ipp/v1/devices/" + device.id(), "{}").is(404);
        api.post("/ipp/v1/sessions", TestMerchant.cart(device.id())).is(404);
        merchant.tap(session, "SUCCESS").is(404);
        api.put("/ipp/v1/sessions/" + session + "/cancel").is(200);
    }
}
