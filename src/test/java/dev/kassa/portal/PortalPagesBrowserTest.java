package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.PortalBrowser;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;

/**
 * Every page in the states that it has, on a phone and at a desk, in both themes. {@code
 * scripts/screenshots} keeps the pictures.
 */
class PortalPagesBrowserTest {
    private static final String EMAIL = "ada@skor.example";

    @ParameterizedTest
    @ValueSource(strings = {"phone", "desk"})
    void everyPageIsForEverybody(String screen) {
        try (TestServer server = TestServer.start().withoutLoops();
                PortalBrowser browser = PortalBrowser.on(screen, server)) {
            TestMerchant shop = server.merchant();
            Users users = server.server.part(Users.class);
            signIn(browser, users.invite(shop.id(), EMAIL, Role.OWNER));
            for (String page :
                    List.of(
                            "",
                            "/sessions",
                            "/orders",
                            "/devices",
                            "/enrollments",
                            "/playground",
                            "/audit")) {
                browser.look("empty" + page, "/portal" + page);
            }
            sessions(browser, server, shop);
            orders(browser, shop);
            browser.open("/portal/enrollments");
            browser.press("New code");
            var _ = new PortalClient(server.url(), EMAIL).signIn(PortalClient.PASSWORD);
            for (String page :
                    List.of(
                            "",
                            "/sessions",
                            "/orders",
                            "/devices",
                            "/enrollments",
                            "/playground",
                            "/locations",
                            "/keys",
                            "/audit",
                            "/account")) {
                browser.look("many" + page, "/portal" + page);
            }
            browser.look("none/sessions", "/portal/sessions?q=nothing");
            browser.look("none/orders", "/portal/orders?q=nothing");
            secondFactor(browser, server);
            users.changeRole(shop.id(), EMAIL, Role.SUPPORT);
            browser.look("forbidden", "/portal/keys");
        }
    }

    private static void signIn(PortalBrowser browser, String token) {
        browser.look("login", "/portal/login");
        browser.look("login-wrong", "/portal/login?wrong");
        browser.look("login-slow", "/portal/login?slow");
        browser.look("invitation-over", "/portal/invitation/x");
        browser.look("invitation", "/portal/invitation/" + token);
        browser.field("password").sendKeys(PortalClient.PASSWORD);
        browser.press("Choose and sign in");
    }

    /** One in each state that a person comes to see. */
    private static void sessions(PortalBrowser browser, TestServer server, TestMerchant shop) {
        Map<String, String> sessions = new LinkedHashMap<>();
        sessions.put("waiting", shop.session(shop.device()));
        String cancelled = shop.session(shop.device());
        shop.cancel(cancelled).is(200);
        sessions.put("cancelled", cancelled);
        TestMerchant.TestDevice device = shop.device();
        String unknown = shop.session(device);
        device.attach(unknown).is(200);
        assertThat(
                        server.jdbc
                                .sql("update attempt set unanswered_since = now() - interval '1 h'")
                                .update())
                .isEqualTo(1);
        sessions.put("unknown", unknown);
        String paid = shop.session(shop.device());
        shop.tap(paid, "SUCCESS").is(200);
        sessions.put("paid", paid);
        sessions.forEach((state, id) -> browser.look("session-" + state, "/portal/sessions/" + id));
    }

    private static void orders(PortalBrowser browser, TestMerchant shop) {
        TestOrder order = TestOrder.paid(shop, shop.device());
        String page = "/portal/orders/" + order.path().replaceFirst(".*/", "");
        browser.look("order", page);
        browser.look("order-refund", page + "/refund");
        browser.field("amount").sendKeys("4000");
        browser.field("reason").sendKeys("Returned goods");
        browser.press("Go on");
        browser.look("order-refund-fault");
        browser.field("amount").clear();
        browser.field("amount").sendKeys("40.50");
        browser.press("Go on");
        browser.look("order-refund-confirm");
        order.refund(1000).is(201);
        browser.follow(browser.driver.findElement(By.cssSelector("button.danger")));
        browser.look("order-refund-overtaken");
        order.fault("REFUND", "LOST_REPLY");
        order.refund(2000).is(201);
        browser.look("order-unknown", page);
    }

    private static void secondFactor(PortalBrowser browser, TestServer server) {
        server.clock.advance(Duration.ofMinutes(6));
        browser.open("/portal/account");
        browser.press("Add an authenticator app");
        browser.look("confirm-playground");
        browser.press("Go on");
        browser.look("account-app");
        Authenticator phone =
                Authenticator.typed(
                        browser.driver.findElement(By.cssSelector("p.id")).getText(), server.clock);
        browser.field("code").sendKeys("000000");
        browser.press("Add this app");
        browser.look("account-app-wrong");
        browser.field("code").sendKeys(phone.code());
        browser.press("Add this app");
        browser.look("account-codes");
        browser.look("account-factor", "/portal/account");
        browser.open("/portal/login");
        browser.field("email").sendKeys(EMAIL);
        browser.field("password").sendKeys(PortalClient.PASSWORD);
        browser.press("Sign in");
        browser.look("code");
        browser.field("code").sendKeys("000000");
        browser.press("Sign in");
        browser.look("code-wrong");
        server.clock.advance(Duration.ofSeconds(30));
        browser.field("code").sendKeys(phone.code());
        browser.press("Sign in");
    }
}
