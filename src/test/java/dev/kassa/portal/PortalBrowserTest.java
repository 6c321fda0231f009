package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.signin.PortalSessions;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.PortalBrowser;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The portal in a browser, by mouse and by keyboard. */
class PortalBrowserTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    @Test
    void aTillIsPairedAndItsPaymentFound() {
        try (PortalBrowser desk = PortalBrowser.desk(server)) {
            desk.open("/portal/devices");
            assertThat(desk.driver.getTitle()).isEqualTo("Sign in");
            desk.signIn(merchant, Role.OWNER);
            assertThat(desk.main()).contains("Nothing needs you right now.", "No session yet.");

            desk.go("Pair a device");
            desk.press("New code");
            String code = desk.driver.findElement(By.tagName("code")).getText();
            assertThat(code).matches("[A-Z2-9]{4}-[A-Z2-9]{4}");
            new TestClient(server.url(), null).pair(code, "HW-" + merchant.id()).is(201);
            desk.awaitMain("This code has paired");
            desk.go("Devices");
            assertThat(desk.main()).contains("Phone", "Offline");

            TestOrder paid = TestOrder.paid(merchant, merchant.device());
            String waiting = merchant.session(merchant.device());
            desk.go("Sessions");
            assertThat(desk.driver.findElements(By.cssSelector("tbody tr"))).hasSize(2);
            desk.driver.findElement(By.cssSelector("input[type=search]")).sendKeys(waiting);
            desk.press("Search");
            assertThat(desk.driver.findElements(By.cssSelector("tbody tr"))).hasSize(1);
            desk.follow(desk.driver.findElement(By.cssSelector("tbody a")));
            assertThat(desk.main()).contains("Waiting", "What happened", "created");
            desk.follow(desk.driver.findElement(By.cssSelector("button.danger")));
            assertThat(desk.main()).contains("Cancelled");
            assertThat(merchant.status(waiting)).isEqualTo("CANCELLED");

            desk.go("Home");
            assertThat(desk.main()).contains("1 payment", "2,400.00");
            desk.follow(desk.driver.findElement(By.cssSelector("tbody .state.finalized")));
            assertThat(desk.main()).contains("order", paid.path().replaceFirst(".*/", ""));

            desk.press("Sign out");
            assertThat(desk.main()).contains("You are signed out.");
            desk.open("/portal/sessions");
            assertThat(desk.driver.getTitle()).isEqualTo("Sign in");
        }
    }

    /** A refund from the list of orders to the receipt of it, without a mouse. */
    @Test
    void aRefundByKeyboardAlone() {
        TestOrder paid = TestOrder.paid(merchant, merchant.device());
        try (PortalBrowser desk = PortalBrowser.desk(server)) {
            desk.signIn(merchant, Role.MANAGER);
            desk.tabTo("Orders");
            desk.enter();
            desk.tabTo("ORDER-12345");
            desk.enter();
            desk.tabTo("Refund");
            desk.enter();
            desk.tabTo("Or type an amount in SEK");
            desk.driver.switchTo().activeElement().sendKeys("40");
            desk.tabTo("Reason");
            desk.driver.switchTo().activeElement().sendKeys("Returned goods");
            desk.tabTo("Go on");
            desk.enter();
            assertThat(desk.main()).contains("Refund 40.00", "Returned goods");
            desk.tabTo("Refund 40.00");
            desk.enter();
            assertThat(desk.main()).contains("40.00", "Returned goods");
            assertThat(paid.get().json().path("refunded_amount").asLong()).isEqualTo(4000);
        }
    }

    /** An app is added, and asked for at the next sign-in. */
    @Test
    void signsInWithTheCodeOfAnApp() {
        try (TestServer own = TestServer.start();
                PortalBrowser desk = PortalBrowser.desk(own)) {
            String email = desk.signIn(own.merchant(), Role.OWNER);
            desk.follow(desk.driver.findElement(By.className("person")));
            desk.press("Add an authenticator app");
            Authenticator phone =
                    Authenticator.typed(
                            desk.driver.findElement(By.cssSelector("p.id")).getText(), own.clock);
            desk.field("code").sendKeys(phone.code());
            desk.press("Add this app");
            List<WebElement> codes = desk.driver.findElements(By.cssSelector(".recovery li"));
            assertThat(codes).hasSize(10);
            String recovery = codes.getFirst().getText();
            desk.go("I have kept them");
            assertThat(desk.main()).contains("Recovery codes left");

            desk.press("Sign out");
            own.clock.advance(Duration.ofSeconds(30));
            desk.field("email").sendKeys(email);
            desk.field("password").sendKeys(PortalClient.PASSWORD);
            desk.press("Sign in");
            desk.field("code").sendKeys("000000");
            desk.press("Sign in");
            assertThat(desk.main()).contains("wrong or was used");
            desk.field("code").sendKeys(phone.code());
            desk.press("Sign in");
            assertThat(desk.main()).contains("Nothing needs you right now.");

            desk.press("Sign out");
            desk.field("email").sendKeys(email);
            desk.field("password").sendKeys(PortalClient.PASSWORD);
            desk.press("Sign in");
            desk.field("code").sendKeys(recovery);
            desk.press("Sign in");
            assertThat(desk.main()).contains("Nothing needs you right now.");
        }
    }

    /** A newcomer's first payment: a name, a price and a card. */
    @Test
    void theFirstPaymentTakesAMouse() {
        try (PortalBrowser desk = PortalBrowser.desk(server)) {
            desk.signIn(merchant, Role.OWNER);
            desk.go("Playground");
            desk.look("playground-empty");
            desk.field("name").sendKeys("Till 1");
            desk.press("Add a till");
            desk.press("Send to this till");
            desk.look("playground-waiting");
            desk.press("Tap a good card");
            assertThat(desk.main()).contains("240.00", "Paid", "order.created");
            desk.look("playground-paid");
        }
    }

    /** Nobody presses anything: a payment is seen as it happens, and what is new is said. */
    @Test
    void whatHappensIsSeen() {
        String session = merchant.session(merchant.device());
        try (PortalBrowser page = PortalBrowser.desk(server);
                PortalBrowser list = PortalBrowser.desk(server)) {
            page.signIn(merchant, Role.OWNER);
            page.open("/portal/sessions/" + session);
            list.signIn(merchant, Role.MANAGER);
            list.open("/portal/sessions");
            assertThat(page.main()).contains("Waiting");
            merchant.tap(session, "SUCCESS").is(200);
            page.awaitMain("Paid");
            assertThat(page.driver.findElements(By.id("cancel"))).isEmpty();
            list.awaitMain("Paid");
            var _ = merchant.session(merchant.device());
            list.awaitMain("1 new session: show");
            assertThat(list.driver.findElements(By.cssSelector("tbody tr"))).hasSize(1);
            list.go("1 new session: show");
            assertThat(list.driver.findElements(By.cssSelector("tbody tr"))).hasSize(2);
        }
    }

    /** A page that looks by itself keeps nobody signed in, and ends with the sign-in. */
    @Test
    void aPageThatIsLeftAloneEnds() {
        try (TestServer own = TestServer.start();
                PortalBrowser page = PortalBrowser.desk(own)) {
            TestMerchant shop = own.merchant();
            page.signIn(shop, Role.OWNER);
            page.open("/portal/sessions");
            for (int i = 1; i < 4; i++) {
                own.clock.advance(PortalSessions.IDLE.dividedBy(4));
                var _ = shop.session(shop.device());
                page.awaitMain(i == 1 ? "1 new session: show" : i + " new sessions: show");
            }
            own.clock.advance(PortalSessions.IDLE.dividedBy(4));
            var _ = shop.session(shop.device());
            page.awaitMain("Sign in to Kassa");
        }
    }

    /** What a role may not do is not offered. */
    @Test
    void supportSeesAndChangesNothing() {
        try (PortalBrowser desk = PortalBrowser.desk(server)) {
            String session = merchant.session(merchant.device());
            desk.signIn(merchant, Role.SUPPORT);
            assertThat(desk.driver.findElements(By.linkText("Pair a device"))).isEmpty();
            desk.open("/portal/sessions/" + session);
            assertThat(desk.driver.findElements(By.cssSelector("button.danger"))).isEmpty();
            desk.open("/portal/enrollments");
            assertThat(desk.main()).contains("devices.manage", "Back to the portal");
        }
    }
}
