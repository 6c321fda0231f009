package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import dev.kassa.testing.Chromium;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** Webhooks, events and API keys in every state, on a phone and at a desk, in both themes. */
class BuildPagesBrowserTest {
    private static final String LONG =
            "https://webhooks.a-rather-long-name-of-a-shop.example/api/v3/incoming/kassa?tenant=4711";

    private final TestServer server = TestServer.start();
    private final TestMerchant shop = server.merchant();

    @ParameterizedTest
    @ValueSource(strings = {"phone", "desk"})
    void everyPageFitsInBothThemes(String screen) {
        ChromeDriver browser = screen.equals("phone") ? Chromium.phone() : Chromium.desk();
        try (server;
                Endpoint good = Endpoint.open(Endpoint.status(200));
                Endpoint bad = Endpoint.open(Endpoint.status(500))) {
            Pictures pictures = new Pictures(browser, server.url(), screen);
            signIn(pictures);
            for (String page : List.of("webhooks", "webhooks/new", "events", "keys/new")) {
                pictures.take("empty/" + page, "/portal/" + page);
            }
            destinations(pictures, good, bad);
            events(pictures);
            keys(pictures);
        } finally {
            browser.quit();
        }
    }

    private void signIn(Pictures pictures) {
        String token =
                server.server.part(Users.class).invite(shop.id(), "ada@skor.example", Role.OWNER);
        pictures.open("/portal/invitation/" + token);
        pictures.browser().findElement(By.name("password")).sendKeys(PortalClient.PASSWORD);
        press(pictures, "Choose and sign in");
    }

    private static void press(Pictures pictures, String text) {
        WebElement button =
                pictures.browser()
                        .findElement(By.xpath("//button[normalize-space()='" + text + "']"));
        button.click();
        PortalBrowserTest.awaitGone(button);
    }

    private static void type(Pictures pictures, String field, String text) {
        WebElement element = pictures.browser().findElement(By.name(field));
        element.clear();
        element.sendKeys(text);
    }

    private static void tick(Pictures pictures, String value) {
        pictures.browser().findElement(By.cssSelector("input[value='" + value + "']")).click();
    }

    private void destinations(Pictures pictures, Endpoint good, Endpoint bad) {
        pictures.open("/portal/webhooks/new");
        type(pictures, "name", "Shop in production");
        type(pictures, "url", "ftp://example.com");
        tick(pictures, "some");
        pictures.keep("webhook-form-some");
        press(pictures, "Create destination");
        pictures.keep("webhook-form-fault");
        type(pictures, "url", good.url().toString());
        tick(pictures, "all");
        press(pictures, "Create destination");
        assertThat(pictures.browser().findElement(By.className("secret")).getText())
                .startsWith("whsec_");
        pictures.keep("webhook-secret");
        press(pictures.browser().findElement(By.linkText("I have put it in a safe place")));
        pictures.keep("webhook-none");
        press(pictures, "Rotate the secret");
        pictures.keep("webhook-secret-rotated");

        var failing = TestDestination.create(shop, "Reports " + "and more ".repeat(8), bad.url());
        TestDestination off = TestDestination.create(shop, "ERP", java.net.URI.create(LONG));
        shop.api()
                .put(off.path(), TestDestination.wish("ERP", LONG, ", \"enabled\": false"))
                .is(200);
        shop.api().post(failing.path() + "/test", "").is(202);
        String event = failing.tried(1).path("event_id").asString();
        TestOrder order = TestOrder.paid(shop, shop.device());
        order.refund(1000).is(201);
        pictures.take("many/webhooks", "/portal/webhooks");
        String at = "/portal/webhooks/" + failing.id();
        pictures.take("webhook-failing", at);
        pictures.take("webhook-disabled", "/portal/webhooks/" + off.id());
        pictures.take("webhook-edit", at + "/edit");
        pictures.take("webhook-resend", at + "/resend");
        pictures.take("webhook-queued", at + "?status=FAILED&queued=12");
        pictures.take("delivery-pending", at + "/deliveries/" + event);
        pictures.open("/portal/webhooks");
        press(pictures.browser().findElement(By.linkText("Shop in production")));
        pictures.keep("webhook-delivered");
        press(pictures.browser().findElement(By.cssSelector("tbody .state.finalized")));
        pictures.keep("delivery-delivered");
    }

    private static void press(WebElement link) {
        link.click();
        PortalBrowserTest.awaitGone(link);
    }

    private static void events(Pictures pictures) {
        pictures.take("many/events", "/portal/events");
        pictures.take("events-of-type", "/portal/events?type=order.created");
        pictures.take("events-none", "/portal/events?object=nothing");
        pictures.open("/portal/events?type=order.created");
        press(pictures.browser().findElement(By.cssSelector("tbody a")));
        pictures.keep("event");
    }

    private void keys(Pictures pictures) {
        pictures.open("/portal/keys/new");
        type(pictures, "name", "Reports");
        press(pictures, "Create key");
        pictures.keep("key-form-fault");
        tick(pictures, "orders.read");
        tick(pictures, "events.read");
        press(pictures, "Create key");
        pictures.keep("key-made");
        shop.api().get("/ipp/v1/devices").is(200);
        server.run("key-uses");
        pictures.take("many/keys", "/portal/keys");
        pictures.take("key-revoke", "/portal/keys/" + shop.key().username() + "/revoke");
        pictures.browser().findElement(By.linkText("Cancel")).click();
        press(pictures.browser().findElements(By.linkText("Revoke")).getFirst());
        pictures.browser().findElement(By.className("danger")).click();
        pictures.take("keys-revoked", "/portal/keys");
    }
}
