package dev.kassa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./kassa} itself, with a JDK that only says how it was called. */
class LauncherTest {
    @TempDir Path directory;

    private static void executable(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, script);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Path installed(String name) throws IOException {
        Path home = directory.resolve(name);
        Files.createDirectories(home.resolve(".mvn"));
        Files.createDirectories(home.resolve("src/main"));
        Files.createDirectories(home.resolve("target"));
        Files.writeString(home.resolve("pom.xml"), "");
        Files.copy(Path.of(".mvn/jdk25.sh"), home.resolve(".mvn/jdk25.sh"));
        executable(home.resolve("kassa"), Files.readString(Path.of("kassa")));
        Files.writeString(home.resolve("target/kassa.jar"), "built last");
        return home;
    }

    private Path jdk() throws IOException {
        Path jdk = directory.resolve("jdk 25");
        executable(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        executable(
                jdk.resolve("bin/java"),
                "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done\n");
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        return jdk;
    }

    private List<String> run(Path command, Path jdk) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command.toString(), "tap", "two words")
                        .redirectErrorStream(true);
        builder.directory(directory.toFile());
        builder.environment().put("JAVA_HOME", jdk.toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    /** As people link it into a directory of their PATH, and then link that. */
    @Test
    void aLinkToItWorksFromAnywhere() throws Exception {
        Path home = installed("kassa of the shop");
        Path jdk = jdk();
        Files.createDirectories(directory.resolve("bin"));
        Path link = directory.resolve("bin/kassa");
        Files.createSymbolicLink(link, Path.of("../kassa of the shop/kassa"));
        Path second = directory.resolve("k");
        Files.createSymbolicLink(second, link);
        for (Path command : List.of(home.resolve("kassa"), link, second)) {
            List<String> words = run(command, jdk);
            assertThat(words)
                    .as("%s", command)
                    .endsWith(
                            "-jar",
                            home.toRealPath().resolve("target/kassa.jar").toString(),
                            "tap",
                            "two words");
        }
    }
}
