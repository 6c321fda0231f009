package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.location.Locations;
import dev.kassa.merchant.Users;
import dev.kassa.testing.PortalBrowser;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Shops and people in a browser: each page in its states, on a phone and at a desk. */
class ShopPagesBrowserTest {
    @ParameterizedTest
    @ValueSource(strings = {"phone", "desk"})
    void everyPageIsForEverybody(String screen) {
        try (TestServer server = TestServer.start().withoutLoops();
                PortalBrowser browser = PortalBrowser.on(screen, server)) {
            TestMerchant shop = server.merchant();
            String email = browser.signIn(shop, Role.OWNER);
            browser.look("one/locations", "/portal/locations");
            browser.look("one/users", "/portal/users");
            // With one location it need not be said where it stands.
            TestMerchant.TestDevice device = shop.device();
            locations(browser, server, shop);
            codes(browser, server, shop);
            device(browser, shop, device);
            users(browser, server, shop, email);
            settings(browser, shop);
            browser.look("many/audit-found", "/portal/audit?actor=" + email + "&from=2020-01-01");
            browser.look("none/audit", "/portal/audit?actor=nobody");
            reader(browser, server, shop);
        }
    }

    private static void fill(PortalBrowser browser, String field, String value) {
        WebElement input = browser.field(field);
        input.clear();
        input.sendKeys(value);
    }

    private static void choose(PortalBrowser browser, String field, String value) {
        browser.field(field).findElement(By.cssSelector("option[value='" + value + "']")).click();
    }

    private static void locations(PortalBrowser browser, TestServer server, TestMerchant shop) {
        browser.open("/portal/locations");
        browser.go("New location");
        browser.look("location-new");
        fill(browser, "name", " ");
        fill(browser, "postal_code", "123456789012345678901");
        browser.press("Create the location");
        browser.look("location-fault");
        fill(browser, "name", "Karl Johan");
        fill(browser, "street_address", "Karl Johans gate 1");
        fill(browser, "postal_code", "0154");
        fill(browser, "city", "Oslo");
        choose(browser, "country", "NO");
        choose(browser, "time_zone", "Europe/Oslo");
        browser.press("Create the location");
        browser.look("location");
        assertThat(browser.main()).contains("Karl Johan");
        Locations locations = server.server.part(Locations.class);
        for (String name : new String[] {"Kungsgatan", "Storgatan"}) {
            var _ = locations.create(shop.id(), name, "SE");
        }
        browser.look("many/locations", "/portal/locations");
    }

    private static void codes(PortalBrowser browser, TestServer server, TestMerchant shop) {
        browser.look("empty/enrollments", "/portal/enrollments");
        browser.press("New code");
        browser.look("enrollment");
        String page = browser.driver.getCurrentUrl();
        String code = browser.driver.findElement(By.cssSelector("code")).getText();
        assertThat(
                        browser.driver.executeScript(
                                "return document.querySelector('.pairing img').naturalWidth > 0"))
                .as("the picture is let in")
                .isEqualTo(true);
        new TestClient(server.url(), null).pair(code, "HW-" + shop.id()).is(201);
        browser.go("Look again");
        browser.look("enrollment-paired");
        browser.open("/portal/enrollments");
        browser.press("New code");
        browser.look("many/enrollments", "/portal/enrollments");
        assertThat(page).contains("/portal/enrollments/");
    }

    private static void device(
            PortalBrowser browser, TestMerchant shop, TestMerchant.TestDevice device) {
        browser.open("/portal/devices");
        browser.go("Phone");
        browser.look("device-idle");
        for (int i = 0; i < 3; i++) {
            var _ = shop.session(device);
        }
        browser.open("/portal/devices/" + device.id());
        fill(browser, "name", "Till by the door");
        fill(browser, "key0", "floor");
        fill(browser, "value0", "2");
        browser.press("Save");
        browser.driver.findElement(By.cssSelector("summary.danger")).click();
        browser.look("device");
        fill(browser, "name", " ");
        fill(browser, "key1", "a".repeat(41));
        browser.press("Save");
        browser.look("device-fault");
        shop.api().put("/ipp/v1/devices/" + device.id(), "{\"name\": \"Other\"}").is(200);
        fill(browser, "name", "Mine");
        fill(browser, "key1", "");
        browser.press("Save");
        browser.look("device-stale");
        browser.look("many/devices", "/portal/devices");
    }

    private static void users(
            PortalBrowser browser, TestServer server, TestMerchant shop, String email) {
        Users users = server.server.part(Users.class);
        browser.open("/portal/users");
        fill(browser, "email", "nobody");
        browser.press("Make a link");
        browser.look("users-fault");
        fill(browser, "email", "bo@skor.example");
        choose(browser, "role", "manager");
        browser.press("Make a link");
        browser.look("user-link");
        PortalClient left = PortalClient.signedIn(shop, Role.ACCOUNTANT);
        users.disable(shop.id(), left.email);
        browser.look("many/users", "/portal/users");
        browser.go("bo@skor.example");
        browser.driver
                .findElements(By.tagName("summary"))
                .forEach(one -> {
                    if (one.isDisplayed() && one.getText().endsWith("…")) {
                        one.click();
                    }
                });
        browser.look("user");
        browser.look("user-disabled", "/portal/users/user?email=" + left.email);
        browser.open("/portal/users/user?email=" + email);
        choose(browser, "role", "clerk");
        browser.press("Change the role");
        browser.look("user-last-owner");
    }

    private static void settings(PortalBrowser browser, TestMerchant shop) {
        browser.look("settings", "/portal/settings");
        fill(browser, "session_ttl_seconds", "90000");
        browser.press("Save");
        browser.look("settings-fault");
        shop.api().put("/kassa/v1/settings", "{\"session_ttl_seconds\": 600}").is(200);
        fill(browser, "session_ttl_seconds", "900");
        browser.press("Save");
        browser.look("settings-stale");
        browser.press("Save");
        assertThat(browser.field("session_ttl_seconds").getAttribute("value")).isEqualTo("900");
    }

    /** A code that nobody used, and the pages of somebody who changes nothing. */
    private static void reader(PortalBrowser browser, TestServer server, TestMerchant shop) {
        browser.open("/portal/enrollments");
        browser.press("New code");
        String code = browser.driver.getCurrentUrl().replaceFirst("^https?://[^/]+", "");
        for (int i = 0; i < 3; i++) {
            server.clock.advance(Duration.ofMinutes(50));
            browser.open(code);
        }
        browser.look("enrollment-expired");
        var _ = browser.signIn(shop, Role.SUPPORT);
        String location = "/portal/locations/" + shop.location();
        for (Map.Entry<String, String> page :
                Map.of("location", location, "settings", "/portal/settings").entrySet()) {
            browser.look("reader/" + page.getKey(), page.getValue());
        }
        browser.open("/portal/devices");
        browser.follow(browser.driver.findElement(By.cssSelector("tbody a")));
        browser.look("reader/device");
    }
}
