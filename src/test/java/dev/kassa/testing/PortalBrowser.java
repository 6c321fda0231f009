package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** Somebody who sits at the portal, with a mouse, a keyboard or a camera. */
public final class PortalBrowser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    public final ChromeDriver driver;
    private final TestServer server;
    private final String screen;
    private final List<String> objections = new ArrayList<>();

    private PortalBrowser(ChromeDriver driver, TestServer server, String screen) {
        this.driver = driver;
        this.server = server;
        this.screen = screen;
    }

    public static PortalBrowser desk(TestServer server) {
        return new PortalBrowser(Chromium.desk(), server, "desk");
    }

    /** {@code screen}: phone or desk. */
    public static PortalBrowser on(String screen, TestServer server) {
        return screen.equals("phone")
                ? new PortalBrowser(Chromium.phone(), server, screen)
                : desk(server);
    }

    /** Fails if axe had objections to what was looked at, with all of them. */
    @Override
    public void close() {
        driver.quit();
        assertThat(objections).as("axe").isEmpty();
    }

    public void open(String path) {
        driver.get(server.url() + path);
    }

    /** By an invitation, as every user comes; answers the e-mail address. */
    public String signIn(TestMerchant merchant, Role role) {
        String email = role.wire() + "-" + UUID.randomUUID() + "@shop.example";
        String token = server.server.part(Users.class).invite(merchant.id(), email, role);
        open("/portal/invitation/" + token);
        field("password").sendKeys(PortalClient.PASSWORD);
        press("Choose and sign in");
        assertThat(driver.findElements(By.className("email"))).hasSize(1);
        return email;
    }

    public WebElement field(String name) {
        return driver.findElement(By.name(name));
    }

    public WebElement button(String text) {
        return driver.findElement(By.xpath("//button[normalize-space()='" + text + "']"));
    }

    /** Presses the button that says so, and waits for the next page. */
    public void press(String text) {
        follow(button(text));
    }

    /** Follows the link that says so. */
    public void go(String text) {
        follow(driver.findElement(By.linkText(text)));
    }

    /** Presses what leads to another page, and waits until that is there. */
    public void follow(WebElement link) {
        link.click();
        untilGone(link);
    }

    /** The key that sends a form, from where the focus is. */
    public void enter() {
        WebElement focused = driver.switchTo().activeElement();
        focused.sendKeys(Keys.ENTER);
        untilGone(focused);
    }

    /**
     * Moves the focus by the keyboard until it is on what reads so; fails when it never is, as for
     * somebody without a mouse.
     */
    public void tabTo(String text) {
        for (int i = 0; i < 60; i++) {
            driver.switchTo().activeElement().sendKeys(Keys.TAB);
            WebElement focused = driver.switchTo().activeElement();
            String label =
                    String.valueOf(
                            driver.executeScript(
                                    """
                                    const e = arguments[0];
                                    return e.labels && e.labels.length
                                        ? e.labels[0].innerText : e.innerText;
                                    """,
                                    focused));
            if (label.strip().startsWith(text)) {
                return;
            }
        }
        throw new AssertionError("the keyboard does not reach \"" + text + "\"");
    }

    private static void untilGone(WebElement element) {
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

    /** What the page says, without its frame. */
    public String main() {
        return driver.findElement(By.tagName("main")).getText();
    }

    /** Waits until the page says so, without anything being pressed. */
    public void awaitMain(String text) {
        Await.until(PATIENCE, () -> saysNow(text));
    }

    private boolean saysNow(String text) {
        try {
            return main().contains(text);
        } catch (WebDriverException e) {
            // It is just being changed, or another page is coming: drivers say that in many words.
            return false;
        }
    }

    /** Opens a page and looks at it. */
    public void look(String name, String path) {
        open(path);
        look(name);
    }

    /**
     * Looks at the page that is open, light and dark: one heading, no wider than the screen,
     * nothing that axe objects to. Keeps a picture if somebody wants one.
     */
    public void look(String name) {
        Set<String> grounds = new HashSet<>();
        assertThat(driver.findElements(By.tagName("h1"))).as(name).hasSize(1);
        assertThat(driver.getPageSource()).as(name).doesNotContain("Internal Server Error");
        for (String scheme : List.of("light", "dark")) {
            Chromium.prefer(driver, scheme);
            assertThat(Chromium.isWide(driver)).as(name).isFalse();
            grounds.add(driver.findElement(By.tagName("body")).getCssValue("background-color"));
            String file = "%s-%s-%s".formatted(screen, scheme, name.replace('/', '-'));
            try {
                Chromium.picture(driver, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Axe.objections(driver).forEach(one -> objections.add(file + ": " + one));
        }
        assertThat(grounds).as("light and dark").hasSize(2);
    }
}
