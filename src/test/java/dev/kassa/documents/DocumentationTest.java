package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.cli.Kassa;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** That the pages name tests, files and pages that exist. */
class DocumentationTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    private static final Pattern COMMAND = Pattern.compile("\\./kassa ([a-z]+(?:-[a-z]+)*)");
    private static final Pattern SCRIPT =
            Pattern.compile("(?<![\\w/.-])((?:scripts|bench)/[\\w./-]*\\w)");
    private static final Pattern SELECTED = Pattern.compile("-Dtest=(\\w+)");

    /** What the launcher does itself. */
    private static final Set<String> OF_THE_LAUNCHER = Set.of("prepare", "package");

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

    /** The test classes by their simple names. */
    private static Map<String, Class<?>> tests() throws IOException {
        Path root = Path.of("src/test/java");
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith("Test.java"))
                    .map(file ->
                            root.relativize(file)
                                    .toString()
                                    .replace(".java", "")
                                    .replace(File.separatorChar, '.'))
                    .map(DocumentationTest::load)
                    .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, DocumentationTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyTestNamedInThePagesExists() throws IOException {
        Map<String, Class<?>> tests = tests();
        for (Path page : pages()) {
            matches(page, TEST)
                    .forEach(named -> {
                        assertThat(tests).as("%s", page).containsKey(named.group(1));
                        if (named.group(2) != null) {
                            Class<?> test = Objects.requireNonNull(tests.get(named.group(1)));
                            assertThat(
                                            Arrays.stream(test.getDeclaredMethods())
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
        assertThat(matches(Path.of("README.md"), LINK)).hasSizeGreaterThan(5);
        for (Path page : pages()) {
            matches(page, LINK)
                    .forEach(link ->
                            assertThat(page.resolveSibling(link.group(1)))
                                    .as("%s in %s", link.group(), page)
                                    .exists());
        }
    }

    @Test
    void everyCommandInThePagesExists() throws IOException {
        Set<String> commands = new TreeSet<>(OF_THE_LAUNCHER);
        for (Class<?> command : Kassa.class.getAnnotation(Command.class).subcommands()) {
            commands.add(command.getAnnotation(Command.class).name());
        }
        Map<String, Class<?>> tests = tests();
        assertThat(matches(Path.of("README.md"), COMMAND)).isNotEmpty();
        assertThat(matches(Path.of("docs/testing.md"), SCRIPT)).isNotEmpty();
        assertThat(matches(Path.of("docs/testing.md"), SELECTED)).isNotEmpty();
        for (Path page : pages()) {
            matches(page, COMMAND)
                    .forEach(named -> assertThat(commands).as("%s", page).contains(named.group(1)));
            matches(page, SCRIPT)
                    .forEach(named ->
                            assertThat(Path.of(named.group(1)))
                                    .as("%s in %s", named.group(), page)
                                    .exists());
            matches(page, SELECTED)
                    .forEach(named -> assertThat(tests).as("%s", page).containsKey(named.group(1)));
        }
    }
}
