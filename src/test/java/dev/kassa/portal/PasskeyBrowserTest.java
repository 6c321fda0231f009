package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import dev.kassa.testing.Await;
import dev.kassa.testing.Axe;
import dev.kassa.testing.Chromium;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPasskey;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.virtualauthenticator.VirtualAuthenticatorOptions;

/**
 * Passkeys in a browser with an authenticator of its own, as a user's phone or computer has one.
 */
class PasskeyBrowserTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final By NO_FACTOR = By.xpath("//p[contains(., 'Your password alone')]");

    private final TestServer server = TestServer.start(MovableClock.stopped());
    private final TestMerchant merchant = server.merchant();
    private final URI site = TestPasskey.site(server.url());
    private final String email = "ada@skor.example";
    private final ChromeDriver browser = Chromium.desk();

    @AfterEach
    void stop() {
        browser.quit();
        server.close();
    }

    private WebElement button(String text) {
        return browser.findElement(By.xpath("//button[normalize-space()='" + text + "']"));
    }

    /** Presses a button and waits until the page has this heading. */
    private void press(String button, String heading) {
        button(button).click();
        heading(heading);
    }

    private void heading(String text) {
        Await.until(
                PATIENCE,
                () ->
                        browser.findElements(By.xpath("//h1[normalize-space()='" + text + "']"))
                                        .size()
                                == 1);
    }

    private String main() {
        return browser.findElement(By.tagName("main")).getText();
    }

    /** Not at the server's own machine, where a playground takes anybody for its owner. */
    private void comeFromElsewhere() {
        var _ = browser.executeCdpCommand("Network.enable", Map.of());
        var _ =
                browser.executeCdpCommand(
                        "Network.setExtraHTTPHeaders",
                        Map.of("headers", Map.of("X-Forwarded-For", "203.0.113.9")));
    }

    private void choosePassword() {
        String token = server.server.part(Users.class).invite(merchant.id(), email, Role.OWNER);
        browser.get(site + "/portal/invitation/" + token);
        browser.findElement(By.name("password")).sendKeys(PortalClient.PASSWORD);
        press("Choose and sign in", "Home");
    }

    private void typePassword() {
        browser.get(site + "/portal/login");
        browser.findElement(By.name("email")).sendKeys(email);
        browser.findElement(By.name("password")).sendKeys(PortalClient.PASSWORD);
        press("Sign in", "Second factor");
    }

    private void addPasskey() throws IOException {
        browser.get(site + "/portal/account");
        picture("account-none");
        press("Add a passkey", "Add a passkey");
        picture("account-passkey");
        browser.findElement(By.name("label")).sendKeys("My laptop");
        press("Make the passkey", "Your recovery codes");
        browser.get(site + "/portal/account");
        assertThat(main()).contains("My laptop", "never");
        picture("account-with-passkey");
    }

    /** It fits a phone and a desk in both themes, and axe objects to nothing. */
    private void picture(String name) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            Chromium.prefer(browser, scheme);
            for (var screen : Map.of("phone", 390, "desk", 1280).entrySet()) {
                var _ =
                        browser.executeCdpCommand(
                                "Emulation.setDeviceMetricsOverride",
                                Map.of(
                                        "width",
                                        screen.getValue(),
                                        "height",
                                        844,
                                        "deviceScaleFactor",
                                        1,
                                        "mobile",
                                        false));
                assertThat(Chromium.isWide(browser)).as(name + screen).isFalse();
                Chromium.picture(browser, "%s-%s-%s".formatted(screen.getKey(), scheme, name));
            }
            assertThat(Axe.objections(browser)).as(name + " " + scheme).isEmpty();
        }
        var _ = browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }

    @Test
    void itIsMadeUsedAndRemoved() throws IOException {
        var _ =
                browser.addVirtualAuthenticator(
                        new VirtualAuthenticatorOptions()
                                .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
                                .setTransport(VirtualAuthenticatorOptions.Transport.INTERNAL)
                                .setHasResidentKey(true)
                                .setHasUserVerification(true)
                                .setIsUserVerified(true));
        comeFromElsewhere();
        choosePassword();
        addPasskey();

        press("Sign out", "Sign in to Kassa");
        typePassword();
        picture("code-passkey");
        press("Use a passkey", "Home");

        server.clock.advance(Duration.ofMinutes(5));
        browser.get(site + "/portal/account");
        press("New recovery codes", "Is it you?");
        picture("confirm-passkey");
        press("Use a passkey", "Your recovery codes");

        browser.get(site + "/portal/account");
        assertThat(main()).doesNotContain("never");
        browser.findElement(By.cssSelector("form[action$='/remove'] button")).click();
        Await.until(PATIENCE, () -> !browser.findElements(NO_FACTOR).isEmpty());
        press("Sign out", "Sign in to Kassa");
        browser.findElement(By.name("email")).sendKeys(email);
        browser.findElement(By.name("password")).sendKeys(PortalClient.PASSWORD);
        press("Sign in", "Home");
    }

    /** A code is still there to be typed. */
    @Test
    void aBrowserThatHasNoPasskeySaysSo() throws IOException {
        comeFromElsewhere();
        choosePassword();
        PortalClient elsewhere = new PortalClient(site, email);
        var _ = elsewhere.signIn(PortalClient.PASSWORD);
        assertThat(TestPasskey.added(elsewhere, new TestPasskey(site)).statusCode()).isEqualTo(200);
        press("Sign out", "Sign in to Kassa");
        // An authenticator that has no key of Ada's.
        var _ =
                browser.addVirtualAuthenticator(
                        new VirtualAuthenticatorOptions()
                                .setProtocol(VirtualAuthenticatorOptions.Protocol.CTAP2)
                                .setTransport(VirtualAuthenticatorOptions.Transport.USB));
        typePassword();
        button("Use a passkey").click();
        Await.until(PATIENCE, () -> main().contains("No passkey was taken."));
        picture("code-passkey-refused");
        assertThat(browser.findElement(By.name("code")).isDisplayed()).isTrue();
    }
}
