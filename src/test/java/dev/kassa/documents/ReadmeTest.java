package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.KassaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages say is true. */
class ReadmeTest {
    @TempDir Path directory;

    @Test
    void theWalkThroughEndsInAFinalizedSession() throws IOException, InterruptedException {
        Matcher block =
                Pattern.compile("<!-- walk-through.*?-->\\s*```sh\\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(Path.of("README.md")));
        assertThat(block.find()).isTrue();
        try (KassaProcess _ = KassaProcess.start(directory.resolve("data"))) {
            Process shell =
                    new ProcessBuilder("sh", "-c", block.group(1))
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .start();
            String output =
                    new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(shell.waitFor()).as(output).isZero();
            assertThat(output).contains("\"status\":\"ACTIVE\"", "\"order_id\":");
            assertThat(output.substring(output.lastIndexOf("\"status\"")))
                    .startsWith("\"status\":\"FINALIZED\"");
        }
    }

    @Test
    void linksOfThePagesLeadSomewhere() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("docs"))) {
            List<Path> pages =
                    Stream.concat(
                                    files.filter(file -> file.toString().endsWith(".md")),
                                    Stream.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
                                            .map(Path::of))
                            .toList();
            int followed = 0;
            for (Path page : pages) {
                Matcher link =
                        Pattern.compile("\\]\\((?!https?:)([^)#]+)")
                                .matcher(Files.readString(page));
                while (link.find()) {
                    assertThat(page.resolveSibling(link.group(1))).as("link in %s", page).exists();
                    followed++;
                }
            }
            assertThat(followed).isGreaterThan(10);
        }
    }
}
