package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import dev.kassa.testing.Await;
import dev.kassa.testing.Chromium;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The portal in a browser, by mouse and by keyboard. */
class PortalBrowserTest {
    private static final String PASSWORD = "correct horse battery";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private void open(ChromeDriver browser, String path) {
        browser.get(server.url() + path);
    }

    /** By an invitation, as every user comes. */
    private void signIn(ChromeDriver browser, Role role) {
        String email =
                role.wire() + "@" + merchant.id().value().toLowerCase(Locale.ROOT) + ".example";
        String token = server.server.part(Users.class).invite(merchant.id(), email, role);
        open(browser, "/portal/invitation/" + token);
        browser.findElement(By.name("password")).sendKeys(PASSWORD);
        follow(button(browser, "Choose and sign in"));
        assertThat(browser.findElements(By.className("email"))).hasSize(1);
    }

    private static WebElement button(ChromeDriver browser, String text) {
        return browser.findElement(By.xpath("//button[normalize-space()='" + text + "']"));
    }

    /** Presses what leads to another page, and waits until that is there. */
    private static void follow(WebElement link) {
        link.click();
        awaitGone(link);
    }

    /** Waits until the page of this element is no more. */
    static void awaitGone(WebElement element) {
        Await.until(PATIENCE, () -> isGone(element));
    }

    private static boolean isGone(WebElement element) {
        try {
            var _ = element.isEnabled();
            return false;
        } catch (StaleElementReferenceException e) {
            return true;
        } catch (WebDriverException e) {
            // While the page is being changed, the driver says it in other words.
            if (String.valueOf(e.getMessage()).contains("does not belong to the document")) {
                return true;
            }
            throw e;
        }
    }

    private static String main(ChromeDriver browser) {
        return browser.findElement(By.tagName("main")).getText();
    }

    @Test
    void aTillIsPairedAndItsPaymentFound() throws IOException {
        ChromeDriver desk = Chromium.desk();
        try {
            open(desk, "/portal/devices");
            assertThat(desk.getTitle()).isEqualTo("Sign in");
            Chromium.picture(desk, "portal-login");
            signIn(desk, Role.OWNER);
            assertThat(main(desk)).contains("Nothing needs you right now.", "No session yet.");
            Chromium.picture(desk, "portal-home-empty");

            follow(desk.findElement(By.linkText("Pair a device")));
            follow(button(desk, "New code"));
            String code = desk.findElement(By.tagName("code")).getText();
            assertThat(code).matches("[A-Z2-9]{4}-[A-Z2-9]{4}");
            Chromium.picture(desk, "portal-enrollments");
            new TestClient(server.url(), null).pair(code, "HW-" + merchant.id()).is(201);
            follow(desk.findElement(By.linkText("Devices")));
            assertThat(main(desk)).contains("Phone", "Offline");
            Chromium.picture(desk, "portal-devices");

            TestOrder paid = TestOrder.paid(merchant, merchant.device());
            String waiting = merchant.session(merchant.device());
            follow(desk.findElement(By.linkText("Sessions")));
            assertThat(desk.findElements(By.cssSelector("tbody tr"))).hasSize(2);
            Chromium.picture(desk, "portal-sessions");
            WebElement search = desk.findElement(By.cssSelector("input[type=search]"));
            search.sendKeys(waiting + "\n");
            Await.until(PATIENCE, () -> isGone(search));
            assertThat(desk.findElements(By.cssSelector("tbody tr"))).hasSize(1);
            follow(desk.findElement(By.cssSelector("tbody a")));
            assertThat(main(desk)).contains("Waiting", "What happened", "created");
            Chromium.picture(desk, "portal-session-waiting");
            follow(desk.findElement(By.cssSelector("button.danger")));
            assertThat(main(desk)).contains("Cancelled");
            assertThat(merchant.status(waiting)).isEqualTo("CANCELLED");

            follow(desk.findElement(By.linkText("Home")));
            assertThat(main(desk)).contains("1 payment", "2,400.00");
            Chromium.picture(desk, "portal-home");
            follow(desk.findElement(By.cssSelector("tbody .state.finalized")));
            assertThat(main(desk)).contains("order", paid.path().replaceFirst(".*/", ""));
            Chromium.picture(desk, "portal-session-paid");

            looksAround(desk);
            follow(button(desk, "Sign out"));
            assertThat(main(desk)).contains("You are signed out.");
            open(desk, "/portal/sessions");
            assertThat(desk.getTitle()).isEqualTo("Sign in");
        } finally {
            desk.quit();
        }
    }

    private static void looksAround(ChromeDriver desk) throws IOException {
        for (String page : List.of("Locations", "API keys", "Audit log")) {
            follow(desk.findElement(By.linkText(page)));
            assertThat(desk.findElement(By.tagName("h1")).getText()).isEqualTo(page);
            Chromium.picture(desk, "portal-" + page.replace(' ', '-'));
        }
        follow(desk.findElement(By.className("person")));
        assertThat(main(desk)).contains("This browser", "127.0.0.1");
        Chromium.picture(desk, "portal-account");
    }

    /** Every page in the states that it has, on a phone and at a desk, in both themes. */
    @ParameterizedTest
    @ValueSource(strings = {"phone", "desk"})
    void everyPageFitsInBothThemes(String screen) throws IOException {
        try (TestServer own = TestServer.start().withoutLoops()) {
            ChromeDriver browser = screen.equals("phone") ? Chromium.phone() : Chromium.desk();
            try {
                look(browser, screen, own);
            } finally {
                browser.quit();
            }
        }
    }

    private static void look(ChromeDriver browser, String screen, TestServer own)
            throws IOException {
        TestMerchant shop = own.merchant();
        String email = "ada@skor.example";
        Users users = own.server.part(Users.class);
        String token = users.invite(shop.id(), email, Role.OWNER);
        Pictures pictures = new Pictures(browser, own.url(), screen);
        pictures.take("login", "/portal/login");
        pictures.take("login-wrong", "/portal/login?wrong");
        pictures.take("login-slow", "/portal/login?slow");
        pictures.take("invitation", "/portal/invitation/" + token);
        pictures.take("invitation-over", "/portal/invitation/x");
        pictures.open("/portal/invitation/" + token);
        browser.findElement(By.name("password")).sendKeys(PASSWORD);
        follow(button(browser, "Choose and sign in"));
        for (String page : List.of("", "/sessions", "/devices", "/enrollments")) {
            pictures.take("empty" + page, "/portal" + page);
        }
        Map<String, String> sessions = sessions(own, shop);
        follow(press(pictures, browser, "/portal/enrollments", "New code"));
        var _ = new PortalClient(own.url(), email).signIn(PASSWORD);
        sessions.forEach(
                (state, id) -> pictures.take("session-" + state, "/portal/sessions/" + id));
        for (String page :
                List.of(
                        "",
                        "/sessions",
                        "/devices",
                        "/enrollments",
                        "/locations",
                        "/keys",
                        "/audit",
                        "/account")) {
            pictures.take("many" + page, "/portal" + page);
        }
        pictures.take("sessions-none", "/portal/sessions?q=nothing");
        users.changeRole(shop.id(), email, Role.SUPPORT);
        pictures.take("forbidden", "/portal/keys");
    }

    private static WebElement press(
            Pictures pictures, ChromeDriver browser, String path, String text) {
        pictures.open(path);
        return button(browser, text);
    }

    /** One in each state that a person comes to see. */
    private static Map<String, String> sessions(TestServer own, TestMerchant shop) {
        Map<String, String> sessions = new LinkedHashMap<>();
        sessions.put("waiting", shop.session(shop.device()));
        String cancelled = shop.session(shop.device());
        shop.cancel(cancelled).is(200);
        sessions.put("cancelled", cancelled);
        TestMerchant.TestDevice device = shop.device();
        String unknown = shop.session(device);
        device.attach(unknown).is(200);
        assertThat(
                        own.jdbc
                                .sql("update attempt set unanswered_since = now() - interval '1 h'")
                                .update())
                .isEqualTo(1);
        sessions.put("unknown", unknown);
        String paid = shop.session(shop.device());
        shop.tap(paid, "SUCCESS").is(200);
        sessions.put("paid", paid);
        return sessions;
    }

    /** What a role may not do is not offered. */
    @Test
    void supportSeesAndChangesNothing() {
        ChromeDriver desk = Chromium.desk();
        try {
            String session = merchant.session(merchant.device());
            signIn(desk, Role.SUPPORT);
            assertThat(desk.findElements(By.linkText("Pair a device"))).isEmpty();
            open(desk, "/portal/sessions/" + session);
            assertThat(desk.findElements(By.cssSelector("button.danger"))).isEmpty();
            open(desk, "/portal/enrollments");
            assertThat(main(desk)).contains("devices.manage", "Back to the portal");
        } finally {
            desk.quit();
        }
    }
}
