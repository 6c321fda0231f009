package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.MappingIterator;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** That the examples in {@code deploy/} and the scripts of the packages fit the server. */
class DeployTest {
    private static final Path DEPLOY = Path.of("deploy");
    private static final Path UNIT = DEPLOY.resolve("systemd/kassa.service");
    private static final Pattern NAME = Pattern.compile("KASSA_[A-Z0-9_]+");
    private static final Pattern DOCUMENTED =
            Pattern.compile("^\\| `(KASSA_\\w+)`", Pattern.MULTILINE);

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static Set<String> matches(Pattern pattern, String text, int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(group))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** {@code docs/settings.md} is compared with the settings themselves by another test. */
    @Test
    void everySettingThatIsNamedExists() throws IOException {
        Set<String> known = matches(DOCUMENTED, Files.readString(Path.of("docs/settings.md")), 1);
        known.add("KASSA_JAVA_OPTS");
        assertThat(known).hasSizeGreaterThan(30);
        for (Path file : files(DEPLOY)) {
            assertThat(known)
                    .as("%s names a setting that is none", file)
                    .containsAll(matches(NAME, Files.readString(file), 0));
        }
    }

    private static List<Map<String, Object>> documents(String file) throws IOException {
        try (MappingIterator<Map<String, Object>> documents =
                new YAMLMapper()
                        .readerForMapOf(Object.class)
                        .readValues(Files.readString(DEPLOY.resolve(file)))) {
            return documents.readAll();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<String, Object>) value;
    }

    /** The value at the end of a path of keys; a number takes one of a list. */
    private static Object at(@Nullable Object value, Object... path) {
        Object found = Objects.requireNonNull(value, () -> List.of(path) + " of nothing");
        for (Object key : path) {
            Object next = key instanceof Integer n ? ((List<?>) found).get(n) : map(found).get(key);
            found = Objects.requireNonNull(next, () -> "no " + key + " of " + List.of(path));
        }
        return found;
    }

    @Test
    void theManifestsFitTogether() throws IOException {
        Map<Object, Map<String, Object>> kinds =
                documents("kubernetes/kassa.yaml").stream()
                        .collect(Collectors.toMap(one -> at(one, "kind"), one -> one));

        assertThat(kinds)
                .containsOnlyKeys(
                        "Secret", "ConfigMap", "Deployment", "Service", "PodDisruptionBudget");
        Object labels = Map.of("app", "kassa");
        Map<String, Object> deployment = kinds.get("Deployment");
        assertThat(at(deployment, "spec", "replicas")).isEqualTo(2);
        assertThat(at(deployment, "spec", "selector", "matchLabels")).isEqualTo(labels);
        assertThat(at(deployment, "spec", "template", "metadata", "labels")).isEqualTo(labels);
        assertThat(at(kinds.get("Service"), "spec", "selector")).isEqualTo(labels);
        assertThat(at(kinds.get("PodDisruptionBudget"), "spec", "selector", "matchLabels"))
                .isEqualTo(labels);

        Object container = at(deployment, "spec", "template", "spec", "containers", 0);
        Object settings = at(kinds.get("ConfigMap"), "data");
        assertThat(map(settings).values())
                .as("values of a ConfigMap are texts")
                .allMatch(String.class::isInstance);
        assertThat(at(container, "ports", 0, "containerPort").toString())
                .isEqualTo(at(settings, "KASSA_PORT"));
        assertThat(at(container, "ports", 1, "containerPort").toString())
                .isEqualTo(at(settings, "KASSA_MANAGEMENT_PORT"));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertThat(at(container, probe, "httpGet", "port")).isEqualTo("management");
        }
        int delay = Integer.parseInt(at(settings, "KASSA_STOP_DELAY").toString().replace("s", ""));
        assertThat(
                        (int)
                                at(
                                        deployment,
                                        "spec",
                                        "template",
                                        "spec",
                                        "terminationGracePeriodSeconds"))
                .isGreaterThanOrEqualTo(delay + 60);
    }

    @Test
    void theComposeFileStartsTheDatabaseFirst() throws IOException {
        Object services = at(documents("compose/compose.yaml").getFirst(), "services");

        assertThat(at(services, "kassa", "depends_on", "database", "condition"))
                .isEqualTo("service_healthy");
        assertThat(at(services, "kassa", "environment", "KASSA_MODE")).isEqualTo("production");
    }

    /** The unit waits for the readiness there. */
    @Test
    void theSettingsFileHasAManagementPort() throws IOException {
        assertThat(Files.readString(DEPLOY.resolve("systemd/kassa.env")))
                .contains("\nKASSA_MANAGEMENT_PORT=8081\n", "\nKASSA_MODE=production\n");
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + "\n" + said;
    }

    private static void assumeInstalled(String program) {
        assumeThat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                                .map(folder -> Path.of(folder, program)))
                .as("%s is not installed", program)
                .anyMatch(Files::isExecutable);
    }

    /** With programs that exist, since it also looks for those. */
    @Test
    void systemdTakesTheUnit(@TempDir Path folder) throws IOException, InterruptedException {
        assumeInstalled("systemd-analyze");
        Path unit = folder.resolve("kassa.service");
        Files.writeString(
                unit,
                Files.readString(UNIT)
                        .replaceAll("/usr/lib/kassa/bin/\\S+", "/bin/true")
                        .replace("Documentation=file:///usr/share/doc/kassa\n", ""));

        assertThat(run("systemd-analyze", "verify", "--man=no", unit.toString()))
                .startsWith("0\n")
                .doesNotContain("kassa.service:");
    }

    @Test
    void haproxyTakesItsConfiguration(@TempDir Path folder)
            throws IOException, InterruptedException {
        assumeInstalled("haproxy");
        assumeInstalled("openssl");
        Path pem = folder.resolve("proxy.pem");
        assertThat(
                        run(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "rsa:2048",
                                "-nodes",
                                "-subj",
                                "/CN=x",
                                "-keyout",
                                pem.toString(),
                                "-out",
                                folder.resolve("proxy.crt").toString()))
                .startsWith("0\n");
        Files.writeString(
                pem, Files.readString(pem) + Files.readString(folder.resolve("proxy.crt")));

        assertThat(
                        run(
                                "env",
                                "PROXY_CERTIFICATE=" + pem,
                                "haproxy",
                                "-c",
                                "-f",
                                DEPLOY.resolve("two-nodes/haproxy.cfg").toString()))
                .startsWith("0\n");
    }

    @Test
    void shellcheckFindsNothing() throws IOException, InterruptedException {
        assumeInstalled("shellcheck");
        List<String> command = new ArrayList<>(List.of("shellcheck", "-x"));
        for (Path file : files(Path.of("scripts/package"))) {
            if (!file.toString().endsWith(".java") && !file.endsWith("lib.sh")) {
                command.add(file.toString());
            }
        }

        assertThat(run(command.toArray(String[]::new))).isEqualTo("0\n");
    }
}
