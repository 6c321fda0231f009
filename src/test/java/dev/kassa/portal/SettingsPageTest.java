package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The merchant's settings, in the portal. */
class SettingsPageTest {
    private static final String PATH = "/portal/settings";

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient browser = PortalClient.signedIn(merchant, Role.MANAGER);

    private HttpResponse<String> send(String capture, String ttl, String seen, String seenTtl) {
        return browser.post(
                PATH,
                Map.of(
                        "manual_capture", capture,
                        "session_ttl_seconds", ttl,
                        "seen_manual_capture", seen,
                        "seen_session_ttl_seconds", seenTtl));
    }

    private String stored() {
        return merchant.api().get("/kassa/v1/settings").is(200).json().toString();
    }

    @Test
    void theyAreChosenAsByTheApi() {
        assertThat(send("true", " 900 ", "false", "").statusCode()).isEqualTo(302);
        assertThat(stored()).isEqualTo("{\"manual_capture\":true,\"session_ttl_seconds\":900}");
        assertThat(browser.get(PATH).body())
                .contains("value=\"900\"", "name=\"seen_session_ttl_seconds\" value=\"900\"");
        assertThat(send("false", "", "true", "900").statusCode()).isEqualTo(302);
        assertThat(stored()).isEqualTo("{\"manual_capture\":false}");
    }

    @Test
    void whoSawOlderOnesIsTold() {
        merchant.api().put("/kassa/v1/settings", "{\"session_ttl_seconds\": 60}").is(200);
        HttpResponse<String> refused = send("true", "120", "false", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("Somebody has changed this")
                .contains("name=\"session_ttl_seconds\" dir=\"auto\" value=\"120\"")
                .contains("name=\"seen_session_ttl_seconds\" value=\"60\"");
        assertThat(stored()).contains(":60}");
        assertThat(send("true", "120", "false", "60").statusCode()).isEqualTo(302);
    }

    @ParameterizedTest
    @CsvSource({
        "0, Between 1 and 86400.",
        "86401, Between 1 and 86400.",
        "-1, 'A whole number, such as 900.'",
        "15 min, 'A whole number, such as 900.'",
        "99999999999999999999, 'A whole number, such as 900.'",
        "<b>, 'A whole number, such as 900.'"
    })
    void aFaultStandsAtItsField(String ttl, String fault) {
        HttpResponse<String> refused = send("true", ttl, "false", "");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("id=\"fault-session_ttl_seconds\">" + fault)
                .contains("value=\"" + ttl.replace("<b>", "&lt;b&gt;") + "\"")
                .doesNotContain("<b>");
        assertThat(stored()).isEqualTo("{\"manual_capture\":false}");
    }

    @Test
    void theLimitIsAllowed() {
        assertThat(
                        send("false", String.valueOf(Limits.SESSION_TTL_SECONDS), "false", "")
                                .statusCode())
                .isEqualTo(302);
    }

    @Test
    void whoMayOnlyReadSeesNoForm() {
        PortalClient reader = PortalClient.signedIn(merchant, Role.DEVELOPER);
        assertThat(reader.get(PATH).body())
                .contains("At once")
                .doesNotContain("name=\"session_ttl_seconds\"");
        assertThat(reader.post(PATH, Map.of()).statusCode()).isEqualTo(403);
        PortalClient accountant = PortalClient.signedIn(merchant, Role.ACCOUNTANT);
        assertThat(accountant.get(PATH).statusCode()).isEqualTo(403);
        assertThat(accountant.get("/portal").body()).doesNotContain(PATH);
    }

    @Test
    void swedishIsSpokenInFaultsToo() {
        assertThat(browser.send(browser.request(PATH).header("Accept-Language", "sv")).body())
                .contains("När debiteras en betalning?", "1 till 86");
    }
}
