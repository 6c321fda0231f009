package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.PortalBrowser;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** Webhooks, events and API keys in every state, on a phone and at a desk, in both themes. */
class BuildPagesBrowserTest {
    private static final String LONG =
            "https://webhooks.a-rather-long-name-of-a-shop.example/api/v3/incoming/kassa?tenant=4711";

    private final TestServer server = TestServer.start();
    private final TestMerchant shop = server.merchant();

    @ParameterizedTest
    @ValueSource(strings = {"phone", "desk"})
    void everyPageFitsInBothThemes(String screen) {
        try (server;
                Endpoint good = Endpoint.open(Endpoint.status(200));
                Endpoint bad = Endpoint.open(Endpoint.status(500));
                PortalBrowser browser = PortalBrowser.on(screen, server)) {
            browser.signIn(shop, Role.OWNER);
            for (String page : List.of("webhooks", "webhooks/new", "events", "keys/new")) {
                browser.look("empty/" + page, "/portal/" + page);
            }
            destinations(browser, good, bad);
            events(browser);
            keys(browser);
        }
    }

    private static void type(PortalBrowser browser, String field, String text) {
        WebElement element = browser.driver.findElement(By.name(field));
        element.clear();
        element.sendKeys(text);
    }

    private static void tick(PortalBrowser browser, String value) {
        browser.driver.findElement(By.cssSelector("input[value='" + value + "']")).click();
    }

    private void destinations(PortalBrowser browser, Endpoint good, Endpoint bad) {
        browser.open("/portal/webhooks/new");
        type(browser, "name", "Shop in production");
        type(browser, "url", "ftp://example.com");
        tick(browser, "some");
        browser.look("webhook-form-some");
        browser.press("Create destination");
        browser.look("webhook-form-fault");
        type(browser, "url", good.url().toString());
        tick(browser, "all");
        browser.press("Create destination");
        assertThat(browser.driver.findElement(By.className("secret")).getText())
                .startsWith("whsec_");
        browser.look("webhook-secret");
        browser.go("I have put it in a safe place");
        browser.look("webhook-none");
        browser.press("Rotate the secret");
        browser.look("webhook-secret-rotated");

        var failing = TestDestination.create(shop, "Reports " + "and more ".repeat(8), bad.url());
        TestDestination off = TestDestination.create(shop, "ERP", java.net.URI.create(LONG));
        shop.api()
                .put(off.path(), TestDestination.wish("ERP", LONG, ", \"enabled\": false"))
                .is(200);
        shop.api().post(failing.path() + "/test", "").is(202);
        String event = failing.tried(1).path("event_id").asString();
        TestOrder order = TestOrder.paid(shop, shop.device());
        order.refund(1000).is(201);
        browser.look("many/webhooks", "/portal/webhooks");
        String at = "/portal/webhooks/" + failing.id();
        browser.look("webhook-failing", at);
        browser.look("webhook-disabled", "/portal/webhooks/" + off.id());
        browser.look("webhook-edit", at + "/edit");
        browser.look("webhook-resend", at + "/resend");
        browser.look("webhook-queued", at + "?status=FAILED&queued=12");
        browser.look("delivery-pending", at + "/deliveries/" + event);
        browser.open("/portal/webhooks");
        browser.go("Shop in production");
        browser.look("webhook-delivered");
        browser.follow(browser.driver.findElement(By.cssSelector("tbody .state.finalized")));
        browser.look("delivery-delivered");
    }

    private static void events(PortalBrowser browser) {
        browser.look("many/events", "/portal/events");
        browser.look("events-of-type", "/portal/events?type=order.created");
        browser.look("events-none", "/portal/events?object=nothing");
        browser.open("/portal/events?type=order.created");
        browser.follow(browser.driver.findElement(By.cssSelector("tbody a")));
        browser.look("event");
    }

    private void keys(PortalBrowser browser) {
        browser.open("/portal/keys/new");
        type(browser, "name", "Reports");
        browser.press("Create key");
        browser.look("key-form-fault");
        tick(browser, "orders.read");
        tick(browser, "events.read");
        browser.press("Create key");
        browser.look("key-made");
        shop.api().get("/ipp/v1/devices").is(200);
        server.run("key-uses");
        browser.look("many/keys", "/portal/keys");
        browser.look("key-revoke", "/portal/keys/" + shop.key().username() + "/revoke");
        browser.driver.findElement(By.linkText("Cancel")).click();
        browser.follow(browser.driver.findElements(By.linkText("Revoke")).getFirst());
        browser.driver.findElement(By.className("danger")).click();
        browser.look("keys-revoked", "/portal/keys");
    }
}
