package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.LocationId;
import dev.kassa.location.Location;
import dev.kassa.location.Locations;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locations in the portal: made, edited, and with clocks of their own. */
class LocationPagesTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.MANAGER);

    private static Map<String, String> oslo() {
        return new HashMap<>(
                Map.of(
                        "name", " Karl Johan ",
                        "street_address", "Karl Johans gate 1",
                        "postal_code", "0154",
                        "city", "Oslo",
                        "country", "NO",
                        "time_zone", "Europe/Oslo"));
    }

    private Location made(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
        String path = answer.headers().firstValue("Location").orElseThrow();
        return location(path.replaceFirst(".*/", ""));
    }

    private Location location(String id) {
        return server.server.part(Locations.class).get(merchant.id(), LocationId.parse(id));
    }

    @Test
    void oneIsMadeAndEdited() {
        Location location = made(browser.post("/portal/locations", oslo()));
        assertThat(location.name()).isEqualTo("Karl Johan");
        assertThat(location.timeZone().getId()).isEqualTo("Europe/Oslo");
        String path = "/portal/locations/" + location.id();
        Map<String, String> fields = oslo();
        fields.put("seen", location.updatedAt().toString());
        fields.put("street_address", "");
        fields.put("time_zone", "Asia/Tokyo");
        Location edited = made(browser.post(path, fields));
        assertThat(edited.streetAddress()).as("what is emptied is gone").isNull();
        assertThat(edited.timeZone().getId()).isEqualTo("Asia/Tokyo");
        assertThat(edited.createdAt()).isEqualTo(location.createdAt());
    }

    @Test
    void whoSawAnOlderOneIsToldAndLosesNothing() {
        Location location = made(browser.post("/portal/locations", oslo()));
        String path = "/portal/locations/" + location.id();
        Map<String, String> fields = oslo();
        fields.put("seen", location.updatedAt().toString());
        fields.put("name", "First");
        Location first = made(browser.post(path, fields));
        fields.put("name", "Second");
        HttpResponse<String> refused = browser.post(path, fields);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("Somebody has changed this", "value=\"Second\"")
                .contains("name=\"seen\" value=\"" + first.updatedAt() + "\"");
        assertThat(location(location.id().toString()).name()).isEqualTo("First");
        fields.put("seen", first.updatedAt().toString());
        assertThat(made(browser.post(path, fields)).name()).isEqualTo("Second");
    }

    @ParameterizedTest
    @CsvSource({
        "name, '', Fill this in.",
        "name, '\u200B', Fill this in.",
        "country, XX, Choose a country.",
        "country, '', Fill this in.",
        "time_zone, Europe/Nowhere, Choose a time zone.",
        "time_zone, +02:00, Choose a time zone.",
        "time_zone, '', Fill this in.",
        "city, '\u0000', It holds a character that cannot be kept."
    })
    void aFaultStandsAtItsField(String field, String value, String fault) {
        Map<String, String> fields = oslo();
        fields.put(field, value);
        HttpResponse<String> refused = browser.post("/portal/locations", fields);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .containsPattern("id=\"fault-" + field + "\">" + fault)
                .containsPattern("aria-describedby=\"[^\"]*fault-" + field + "\"")
                .contains("value=\"Karl Johans gate 1\"");
        assertThat(browser.get("/portal/locations").body()).doesNotContain("Karl Johan");
    }

    @Test
    void textsAreAsLongAsTheyMayBe() {
        Map<String, String> fields = oslo();
        fields.put("name", "é".repeat(Limits.LOCATION_TEXT_CHARS));
        fields.put("postal_code", "1".repeat(Limits.POSTAL_CODE_CHARS));
        assertThat(made(browser.post("/portal/locations", fields)).name())
                .isEqualTo(fields.get("name"));
        fields.put("name", "é".repeat(Limits.LOCATION_TEXT_CHARS + 1));
        fields.put("postal_code", "1".repeat(Limits.POSTAL_CODE_CHARS + 1));
        assertThat(browser.post("/portal/locations", fields).body())
                .contains("At most 100 characters.", "At most 20 characters.");
    }

    /** The documented answers have no time zone. */
    @Test
    void theApiAnswersAsBefore() {
        assertThat(
                        merchant.api()
                                .get("/ipp/v1/locations/" + merchant.location())
                                .is(200)
                                .json()
                                .propertyNames())
                .containsExactlyInAnyOrder(
                        "id", "merchant_id", "name", "country", "created_at", "updated_at");
    }

    @Test
    void aNewOneHasTheTimeOfItsCountry() {
        Locations locations = server.server.part(Locations.class);
        for (Map.Entry<String, String> zone :
                Map.of("SE", "Europe/Stockholm", "US", "America/New_York", "AQ", "UTC")
                        .entrySet()) {
            LocationId made = locations.create(merchant.id(), "Shop", zone.getKey());
            assertThat(locations.get(merchant.id(), made).timeZone().getId())
                    .isEqualTo(zone.getValue());
        }
    }

    /** A session's times are those of the clock on the shop's wall, with the offset said. */
    @Test
    void timesAreThoseOfThePlace() {
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        for (Map.Entry<String, String> zone :
                Map.of("Asia/Kolkata", "+05:30", "Pacific/Honolulu", "-10:00").entrySet()) {
            Map<String, String> fields = oslo();
            fields.put("time_zone", zone.getKey());
            fields.put("seen", location(merchant.location().toString()).updatedAt().toString());
            Location changed =
                    made(browser.post("/portal/locations/" + merchant.location(), fields));
            for (String path :
                    new String[] {
                        "/portal/sessions/" + session,
                        "/portal/devices/" + device.id(),
                        "/portal/locations/" + changed.id(),
                        "/portal/sessions"
                    }) {
                assertThat(browser.get(path).body())
                        .as(path)
                        .containsPattern("\\d\\d:\\d\\d:\\d\\d " + Pattern.quote(zone.getValue()));
            }
        }
    }

    @Test
    void theListIsReadPageByPage() {
        Locations locations = server.server.part(Locations.class);
        for (int i = 0; i < 60; i++) {
            var _ = locations.create(merchant.id(), "Shop %02d".formatted(i / 2), "SE");
        }
        String first = browser.get("/portal/locations").body();
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)").matcher(first);
        assertThat(next.find()).isTrue();
        String second = browser.get(next.group(1)).body();
        assertThat(first.split("<tr>", -1).length + second.split("<tr>", -1).length - 4)
                .isEqualTo(61);
        assertThat(first).contains("My Store", "Shop 00", "Shop 24").doesNotContain("Shop 25");
        assertThat(second).contains("Shop 29").doesNotContain("rel=\"next\"");
    }

    @Test
    void markupIsText() {
        String markup = "<script>alert(1)</script>\u0007\u202E'\"";
        Map<String, String> fields = oslo();
        for (String field : new String[] {"name", "street_address", "street_address2", "city"}) {
            fields.put(field, markup);
        }
        fields.put("postal_code", "<b>1</b>");
        Location location = made(browser.post("/portal/locations", fields));
        for (PortalClient reader :
                new PortalClient[] {browser, PortalClient.signedIn(merchant, Role.SUPPORT)}) {
            for (String path :
                    new String[] {"/portal/locations", "/portal/locations/" + location.id()}) {
                assertThat(reader.get(path).body())
                        .contains("&lt;script&gt;alert(1)")
                        .doesNotContain("<script>", "<b>1");
            }
        }
        fields.put("country", "<i>");
        assertThat(browser.post("/portal/locations", fields).body())
                .contains("&lt;script&gt;")
                .doesNotContain("<script>", "<i>");
    }

    @Test
    void nobodySeesOrChangesAnothers() {
        PortalClient foreign = PortalClient.signedIn(server.merchant(), Role.OWNER);
        String path = "/portal/locations/" + merchant.location();
        assertThat(foreign.get(path).statusCode()).isEqualTo(404);
        Map<String, String> fields = oslo();
        fields.put("seen", location(merchant.location().toString()).updatedAt().toString());
        assertThat(foreign.post(path, fields).statusCode()).isEqualTo(404);
        assertThat(foreign.get("/portal/locations?after=" + merchant.location()).body())
                .doesNotContain("<tbody>");
        assertThat(location(merchant.location().toString()).name()).isEqualTo("My Store");
    }

    @Test
    void whoMayOnlyReadSeesNoForm() {
        PortalClient reader = PortalClient.signedIn(merchant, Role.ACCOUNTANT);
        assertThat(reader.get("/portal/locations").body())
                .contains("My Store")
                .doesNotContain("/portal/locations/new");
        assertThat(reader.get("/portal/locations/" + merchant.location()).body())
                .contains("Europe/Stockholm")
                .doesNotContain("name=\"time_zone\"");
        assertThat(reader.get("/portal/locations/new").statusCode()).isEqualTo(403);
        assertThat(reader.post("/portal/locations", oslo()).statusCode()).isEqualTo(403);
    }
}
