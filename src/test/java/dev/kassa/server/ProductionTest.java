package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.PublicUrl;
import dev.kassa.location.Locations;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.Merchants;
import dev.kassa.testing.Answer;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProductionTest {
    private final Path data = TestServer.temporary();
    private final Server server = Server.start(settings(), MovableClock.running());

    private Settings settings() {
        Map<String, String> settings =
                new HashMap<>(TestServer.settings(TestPostgres.newDatabase(), data));
        settings.put("KASSA_MODE", "production");
        settings.put("KASSA_PUBLIC_URL", "https://pay.example");
        settings.put("KASSA_TRUSTED_PROXIES", "127.0.0.1");
        settings.put("KASSA_MASTER_KEY", "a master key of thirty-two characters and more");
        return Settings.load(settings, Path.of("none.properties"));
    }

    private final URI url = server.part(PublicUrl.class).local();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Through a trusted proxy, which this machine is, or by the server's own certificate. */
    @Test
    void holdsBrowsersToHttps() {
        String hsts = "Strict-Transport-Security";
        TestClient nobody = new TestClient(url, null);
        assertThat(nobody.get("/ipp/v1/devices").is(401).response().headers().map())
                .doesNotContainKey(hsts);
        assertThat(
                        nobody.send(
                                        nobody.request("/ipp/v1/devices")
                                                .header("X-Forwarded-Proto", "https")
                                                .GET())
                                .is(401)
                                .response()
                                .headers()
                                .firstValue(hsts))
                .hasValueSatisfying(value -> assertThat(value).startsWith("max-age="));
    }

    @Test
    void hasNoPlayground() {
        var merchant = server.part(Merchants.class).create("Shop");
        var location = server.part(Locations.class).create(merchant.id(), "My Store", "SE");
        ApiKey key = server.part(ApiKeys.class).issue(merchant.id());
        assertThat(key.key()).startsWith("kco_live_api_");
        TestClient api = new TestClient(url, "Basic " + key.key());
        assertThat(api.get("/ipp/v1/locations").is(200).response().body())
                .contains(location.toString());
        api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").is(404);
        api.post("/ipp/v1/dev/sessions/01a1fc48-b660-734b-8437-2abdc869b65f/simulate-tap", "")
                .is(404);
        new TestClient(url, "Basic " + key.key().replace("_live_", "_test_"))
                .get("/ipp/v1/devices")
                .is(401);
        assertThat(Files.exists(data.resolve("playground.env"))).isFalse();
        assertThat(Files.exists(data.resolve("master.key"))).isFalse();

        String code =
                api.post("/ipp/v1/enrollments", "{\"metadata\": {\"simulated\": \"true\"}}")
                        .is(201)
                        .text("enrollment_code");
        Answer device = new TestClient(url, null).pair(code, "HW").is(201);
        String session =
                api.post("/ipp/v1/sessions", TestMerchant.cart(device.text("id")))
                        .is(200)
                        .text("session_id");
        TestClient phone =
                new TestClient(url, "Bearer " + device.text("credentials", "bearer_token"));
        phone.post("/pos/v1/sessions/" + session + "/payments", "{\"method\": \"tap_to_pay\"}")
                .is(409);
        assertThat(api.get("/ipp/v1/sessions/" + session).is(200).text("status"))
                .isEqualTo("CREATED");
    }
}
