package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Chromium;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.openqa.selenium.By;
import org.openqa.selenium.chrome.ChromeDriver;

/**
 * Looks at pages in both themes, sees that they fit, and keeps pictures if somebody wants them.
 *
 * @param screen a word for it in the names of the pictures
 */
record Pictures(ChromeDriver browser, URI url, String screen) {
    void open(String path) {
        browser.get(url + path);
    }

    void take(String name, String path) {
        open(path);
        keep(name);
    }

    /** Of the page that is open, which may be the answer to a form. */
    void keep(String name) {
        Set<String> grounds = new HashSet<>();
        for (String scheme : List.of("light", "dark")) {
            Chromium.prefer(browser, scheme);
            assertThat(browser.findElements(By.tagName("h1"))).as(name).hasSize(1);
            assertThat(browser.getPageSource()).doesNotContain("Internal Server Error");
            assertThat(Chromium.isWide(browser)).as(name).isFalse();
            grounds.add(browser.findElement(By.tagName("body")).getCssValue("background-color"));
            try {
                Chromium.picture(
                        browser, "%s-%s-%s".formatted(screen, scheme, name.replace('/', '-')));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        assertThat(grounds).as("light and dark").hasSize(2);
    }
}
