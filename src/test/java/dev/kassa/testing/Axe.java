package dev.kassa.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.openqa.selenium.chrome.ChromeDriver;

/** Looks whether a page can be used by everybody: axe, all its rules, violations of any level. */
public final class Axe {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SCRIPT = script();

    private Axe() {}

    private static String script() {
        try (InputStream script = Axe.class.getResourceAsStream("/axe.min.js")) {
            return new String(
                    Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rules that the open page breaks, and where. */
    public static List<String> objections(ChromeDriver browser) {
        browser.manage().timeouts().scriptTimeout(PATIENCE);
        Object found =
                browser.executeAsyncScript(
                        SCRIPT
                                + """
                                ;const done = arguments[arguments.length - 1];
                                axe.run(document, {resultTypes: ['violations']}).then(
                                    result => done(result.violations.map(rule => rule.id + ': '
                                        + rule.nodes.map(node => node.html + ' '
                                            + node.any.map(one => one.message).join(' ')).join('; '))),
                                    fault => done(['axe failed: ' + fault]));
                                """);
        return ((List<?>) Objects.requireNonNull(found)).stream().map(String::valueOf).toList();
    }
}
