package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That the pages name tests, files and pages that exist. */
class DocumentationTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(Path.of("."));
                Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(top, docs).filter(p -> p.toString().endsWith(".md")).toList();
        }
    }

    private static Stream<MatchResult> matches(Path page, Pattern pattern) {
        try {
            return pattern.matcher(Files.readString(page)).results().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Class<?>> test(String name) {
        for (String where :
                List.of(
                        "",
                        "session.",
                        "webhook.",
                        "device.",
                        "database.",
                        "http.",
                        "kernel.",
                        "order.",
                        "payment.")) {
            try {
                return Optional.of(
                        Class.forName(
                                "dev.kassa." + where + name,
                                false,
                                DocumentationTest.class.getClassLoader()));
            } catch (ClassNotFoundException e) {
                // Perhaps in the next package.
            }
        }
        return Optional.empty();
    }

    @Test
    void everyTestNamedInThePagesExists() throws IOException {
        for (Path page : pages()) {
            matches(page, TEST)
                    .forEach(named -> {
                        Optional<Class<?>> test = test(named.group(1));
                        assertThat(test).as("%s in %s", named.group(), page).isPresent();
                        if (named.group(2) != null) {
                            assertThat(
                                            Arrays.stream(test.get().getDeclaredMethods())
                                                    .map(method -> method.getName()))
                                    .as("%s in %s", named.group(), page)
                                    .contains(named.group(2));
                        }
                    });
        }
        assertThat(matches(Path.of("docs/reliability.md"), TEST)).hasSizeGreaterThan(20);
    }

    @Test
    void everyLinkInThePagesLeadsSomewhere() throws IOException {
        for (Path page : pages()) {
            matches(page, LINK)
                    .forEach(link ->
                            assertThat(page.resolveSibling(link.group(1)))
                                    .as("%s in %s", link.group(), page)
                                    .exists());
        }
    }
}
