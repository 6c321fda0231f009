package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.device.Devices;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.location.Locations;
import dev.kassa.pos.QrCodeSvg;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Devices and the codes that pair them, in the portal. */
class DevicePagesTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.MANAGER);
    private final TestMerchant.TestDevice device = merchant.device();
    private final String path = "/portal/devices/" + device.id();

    private Devices.Seen seen() {
        return server.server.part(Devices.class).look(merchant.id(), DeviceId.parse(device.id()));
    }

    private Map<String, String> fields() {
        return new HashMap<>(
                Map.of(
                        "name",
                        "Till 7",
                        "location_id",
                        merchant.location().toString(),
                        "seen",
                        seen().version()));
    }

    @Test
    void aDeviceIsRenamedMovedAndDescribed() {
        String cellar =
                server.server
                        .part(Locations.class)
                        .create(merchant.id(), "Cellar", "SE")
                        .toString();
        Map<String, String> fields = fields();
        fields.putAll(
                Map.of(
                        "location_id",
                        cellar,
                        "key0",
                        "floor",
                        "value0",
                        "-1",
                        "key2",
                        "colour",
                        "value2",
                        "red"));
        assertThat(browser.post(path, fields).statusCode()).isEqualTo(302);
        assertThat(seen().device().name()).isEqualTo("Till 7");
        assertThat(String.valueOf(seen().device().locationId())).isEqualTo(cellar);
        assertThat(seen().device().metadata()).isEqualTo(Map.of("floor", "-1", "colour", "red"));
        assertThat(browser.get(path).body()).contains("Cellar", "value=\"floor\"", "value=\"red\"");
    }

    @Test
    void whoSawAnOlderOneIsTold() {
        Map<String, String> fields = fields();
        merchant.api().put("/ipp/v1/devices/" + device.id(), "{\"name\": \"By the API\"}").is(200);
        HttpResponse<String> refused = browser.post(path, fields);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("Somebody has changed this", "value=\"Till 7\"", seen().version());
        assertThat(seen().device().name()).isEqualTo("By the API");
    }

    /** What an app changes of itself is no reason to look again. */
    @Test
    void aNewPushTokenIsNoChange() {
        Map<String, String> fields = fields();
        device.api().put("/pos/v1/push-token", "{\"push_token\": \"other\"}").is(204);
        assertThat(browser.post(path, fields).statusCode()).isEqualTo(302);
    }

    @Test
    void faultsStandAtTheirFields() {
        Map<String, String> fields = fields();
        fields.put("name", " ");
        fields.put("key0", "a".repeat(Limits.METADATA_KEY_CHARS + 1));
        fields.put("value0", "kept");
        fields.put("key1", "long");
        fields.put("value1", "v".repeat(Limits.METADATA_VALUE_CHARS + 1));
        HttpResponse<String> refused = browser.post(path, fields);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("id=\"fault-name\">Fill this in.")
                .contains("id=\"fault-metadata\">The name of a pair has 1 to 40 characters.")
                .contains("id=\"fault-pair1\">At most 500 characters.")
                .contains("value=\"kept\"");
        fields = fields();
        fields.putAll(Map.of("key0", "twice", "value0", "1", "key1", "twice", "value1", "2"));
        assertThat(browser.post(path, fields).body()).contains("The same name is there twice.");
        assertThat(seen().device().name()).isEqualTo("Till");
    }

    @Test
    void aDeviceHasAsMuchMetadataAsTheApiTakes() {
        Map<String, String> fields = fields();
        for (int i = 0; i < Limits.METADATA_KEYS; i++) {
            fields.put("key" + i, "key" + i);
            fields.put("value" + i, "å".repeat(Limits.METADATA_VALUE_CHARS));
        }
        assertThat(browser.post(path, fields).statusCode()).isEqualTo(302);
        assertThat(seen().device().metadata()).hasSize(Limits.METADATA_KEYS);
        assertThat(browser.get(path).body()).contains("name=\"key49\"").doesNotContain("key50");
        fields.put("seen", seen().version());
        fields.putAll(Map.of("key50", "one", "value50", "more"));
        assertThat(browser.post(path, fields).body()).contains("At most 50 pairs.");
    }

    @Test
    void aDeviceIsDeregisteredAndWhatThatMeansIsSaid() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            TestMerchant shop = own.merchant();
            PortalClient manager = PortalClient.signedIn(shop, Role.MANAGER);
            TestMerchant.TestDevice till = shop.device();
            String page = "/portal/devices/" + till.id();
            String session = shop.session(till);
            String attempt = till.attach(session).is(200).text("payment", "attempt_id");
            assertThat(manager.get(page).body())
                    .contains("Deregister Till", "1 session is open on it", session);
            assertThat(manager.post(page + "/deregister", Map.of()).statusCode()).isEqualTo(302);
            assertThat(manager.get(page).statusCode()).isEqualTo(404);
            assertThat(manager.post(page + "/deregister", Map.of()).statusCode()).isEqualTo(404);
            till.api().get("/pos/v1/sessions").is(401);
            own.approveAtTheAcquirer(attempt);
            own.clock.advance(Duration.ofMinutes(5));
            own.reconcile();
            assertThat(shop.status(session)).as("its payment").isEqualTo("FINALIZED");
        }
    }

    @Test
    void nobodySeesOrChangesAnothers() {
        TestMerchant other = server.merchant();
        PortalClient foreign = PortalClient.signedIn(other, Role.OWNER);
        String code = enrollment(browser);
        assertThat(foreign.get(path).statusCode()).isEqualTo(404);
        assertThat(foreign.post(path, fields()).statusCode()).isEqualTo(404);
        assertThat(foreign.post(path + "/deregister", Map.of()).statusCode()).isEqualTo(404);
        for (String of : new String[] {code, code + "/qr.svg"}) {
            assertThat(foreign.get(of).statusCode()).isEqualTo(404);
        }
        assertThat(foreign.post(code + "/withdraw", Map.of()).statusCode()).isEqualTo(404);
        Map<String, String> moved = fields();
        moved.put("location_id", other.location().toString());
        assertThat(browser.post(path, moved).statusCode()).isEqualTo(404);
        assertThat(
                        browser.post(
                                        "/portal/enrollments",
                                        Map.of("location_id", other.location().toString()))
                                .statusCode())
                .isEqualTo(404);
        assertThat(seen().device().name()).isEqualTo("Till");
    }

    @Test
    void whoMayOnlyReadSeesNoForm() {
        PortalClient reader = PortalClient.signedIn(merchant, Role.SUPPORT);
        assertThat(reader.get(path).body())
                .contains("Till")
                .doesNotContain("/deregister", "name=\"location_id\"");
        assertThat(reader.post(path, fields()).statusCode()).isEqualTo(403);
    }

    @Test
    void markupIsText() {
        String markup = "<img src=x onerror=alert(1)>\u0000\u0007";
        String shown = "<img src=x onerror=alert(1)>\u0007";
        Map<String, String> fields = fields();
        fields.put("name", shown);
        fields.putAll(Map.of("key0", "<b>", "value0", shown));
        assertThat(browser.post(path, fields).statusCode()).isEqualTo(302);
        merchant.session(device);
        PortalClient reader = PortalClient.signedIn(merchant, Role.SUPPORT);
        for (String of : new String[] {path, "/portal/devices", "/portal/sessions"}) {
            for (PortalClient one : new PortalClient[] {browser, reader}) {
                assertThat(one.get(of).body())
                        .contains("&lt;img src=x onerror=alert(1)&gt;")
                        .doesNotContain("<img", "<b>");
            }
        }
        fields = fields();
        fields.put("name", markup);
        assertThat(browser.post(path, fields).body())
                .contains("It holds a character that cannot be kept.")
                .doesNotContain("<img");
    }

    private String enrollment(PortalClient by) {
        HttpResponse<String> made =
                by.post(
                        "/portal/enrollments",
                        Map.of(
                                "location_id",
                                merchant.location().toString(),
                                "key0",
                                "floor",
                                "value0",
                                "2"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(302);
        return made.headers()
                .firstValue("Location")
                .orElseThrow()
                .replaceFirst("^https?://[^/]+", "");
    }

    @Test
    void aCodeIsShownUntilADeviceIsPaired() {
        String code = enrollment(browser);
        String page = browser.get(code).body();
        assertThat(page).contains("Waiting", code + "/qr.svg", "Look again").contains("floor");
        Matcher shown = Pattern.compile(">([A-Z2-9]{4}-[A-Z2-9]{4})<").matcher(page);
        assertThat(shown.find()).isTrue();
        HttpResponse<String> qr = browser.get(code + "/qr.svg");
        assertThat(qr.headers().firstValue("Content-Type").orElseThrow())
                .startsWith("image/svg+xml");
        assertThat(qr.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(qr.body()).isEqualTo(QrCodeSvg.of(shown.group(1).replace("-", "")));

        String paired =
                new TestClient(server.url(), null)
                        .pair(shown.group(1), "HW-" + UUID.randomUUID())
                        .is(201)
                        .text("id");
        assertThat(browser.get(code).body())
                .contains("Paired", "/portal/devices/" + paired)
                .doesNotContain(code + "/qr.svg", "Look again", "/withdraw");
        assertThat(browser.get(code + "/qr.svg").statusCode()).isEqualTo(404);
        assertThat(browser.get("/portal/enrollments").body()).contains("/portal/devices/" + paired);
        browser.post("/portal/devices/" + paired + "/deregister", Map.of());
        assertThat(browser.get(code).body()).doesNotContain("/portal/devices/" + paired);
    }

    @Test
    void aCodeExpiresOrIsWithdrawn() {
        try (TestServer own = TestServer.start().withoutLoops()) {
            TestMerchant shop = own.merchant();
            PortalClient manager = PortalClient.signedIn(shop, Role.MANAGER);
            Map<String, String> fields = Map.of("location_id", shop.location().toString());
            String code =
                    manager.post("/portal/enrollments", fields)
                            .headers()
                            .firstValue("Location")
                            .orElseThrow()
                            .replaceFirst("^https?://[^/]+", "");
            own.clock.advance(Duration.ofMinutes(59));
            assertThat(manager.get(code).body()).contains("Waiting");
            own.clock.advance(Duration.ofMinutes(59));
            assertThat(manager.get(code).body()).contains("Waiting");
            own.clock.advance(Duration.ofMinutes(3));
            assertThat(manager.get(code).body()).contains("Expired").doesNotContain("/withdraw");
            assertThat(manager.post(code + "/withdraw", Map.of()).statusCode()).isEqualTo(302);
            assertThat(manager.get(code).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void theListIsReadPageByPage() {
        for (int i = 0; i < 51; i++) {
            merchant.api()
                    .post("/ipp/v1/dev/devices", "{\"name\": \"Box %02d\"}".formatted(i / 2))
                    .is(201);
        }
        String first = browser.get("/portal/devices").body();
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)").matcher(first);
        assertThat(next.find()).isTrue();
        String second = browser.get(next.group(1).replace("&amp;", "&")).body();
        assertThat(first).contains("Box 00", "Box 24").doesNotContain(device.id());
        assertThat(second).contains("Box 25", device.id()).doesNotContain("Box 24", "rel=\"next\"");
    }
}
