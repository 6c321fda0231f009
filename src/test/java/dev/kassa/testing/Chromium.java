package dev.kassa.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * Debian's Chromium, where it is installed; where it is not, a test is skipped and says so. {@code
 * -Dkassa.screenshots=DIR} keeps pictures.
 */
public final class Chromium {
    private Chromium() {}

    /** A browser with the screen of a phone. */
    public static ChromeDriver phone() {
        return open(390, 844, 2);
    }

    /** A browser with the screen of a desk. */
    public static ChromeDriver desk() {
        return open(1280, 800, 1);
    }

    private static ChromeDriver open(int width, int height, double ratio) {
        Optional<Path> chromium = program("chromium");
        Optional<Path> driver = program("chromedriver");
        if (chromium.isEmpty() || driver.isEmpty()) {
            String missing = "skipped without a browser: apt-get install chromium chromium-driver";
            System.err.println(missing);
            Assumptions.abort(missing);
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.get().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync");
        options.setExperimentalOption(
                "mobileEmulation",
                Map.of(
                        "deviceMetrics",
                        Map.of("width", width, "height", height, "pixelRatio", ratio)));
        System.setProperty("webdriver.chrome.driver", driver.get().toString());
        return new ChromeDriver(options);
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Keeps a picture of the whole page, if somebody wants one. */
    public static void picture(ChromeDriver browser, String name) throws IOException {
        String directory = System.getProperty("kassa.screenshots");
        if (directory != null) {
            Files.createDirectories(Path.of(directory));
            Object picture =
                    browser.executeCdpCommand(
                                    "Page.captureScreenshot",
                                    Map.of("format", "png", "captureBeyondViewport", true))
                            .get("data");
            Files.write(
                    Path.of(directory, name + ".png"),
                    Base64.getDecoder().decode(String.valueOf(picture)));
        }
    }

    /** Whether the page is wider than the screen, or something in a card is cut off at its edge. */
    public static boolean isWide(ChromeDriver browser) {
        return Boolean.TRUE.equals(
                browser.executeScript(
                        """
                        return [document.documentElement, ...document.querySelectorAll('.card')]
                            .some(one => one.scrollWidth > one.clientWidth);
                        """));
    }

    /** What a reader would have it be: dark or light. */
    public static void prefer(ChromeDriver browser, String scheme) {
        var _ =
                browser.executeCdpCommand(
                        "Emulation.setEmulatedMedia",
                        Map.of(
                                "features",
                                new Object[] {
                                    Map.of("name", "prefers-color-scheme", "value", scheme)
                                }));
    }
}
