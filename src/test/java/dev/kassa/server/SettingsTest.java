package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.http.HttpSettings;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SettingsTest {
    private static final Path NONE = Path.of("none.properties");

    @TempDir Path directory;

    @Test
    void defaults() {
        Settings settings = Settings.load(Map.of(), NONE);
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.mode()).isEqualTo(Mode.PLAYGROUND);
        assertThat(settings.database().login()).isNull();
        assertThat(settings.sessionTtl()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void theEnvironmentWinsOverTheFile() throws IOException {
        Path file = directory.resolve("kassa.properties");
        Files.writeString(file, "kassa.port=1234\nkassa.session-ttl=90s\n");
        Settings settings = Settings.load(Map.of("KASSA_PORT", "4321"), file);
        assertThat(settings.port()).isEqualTo(4321);
        assertThat(settings.sessionTtl()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void allFaultsAreToldTogether() throws IOException {
        Path file = directory.resolve("kassa.properties");
        Files.writeString(file, "kassa.prot=1\n");
        assertThatThrownBy(() ->
                        Settings.load(
                                Map.of(
                                        "KASSA_PORT", "http",
                                        "KASSA_MODE", "test",
                                        "KASSA_SESSION_TTL", "25h",
                                        "KASSA_DATABASE_URL", "mysql://x",
                                        "KASSA_WEBHOOK_URL", "localhost:80",
                                        "KASSA_MASTER_KEY", "short",
                                        "KASSA_DATADIR", "x"),
                                file))
                .isInstanceOf(Refusal.class)
                .hasMessageContainingAll(
                        "KASSA_PORT ",
                        "KASSA_MODE ",
                        "KASSA_SESSION_TTL ",
                        "KASSA_DATABASE_URL ",
                        "KASSA_WEBHOOK_URL ",
                        "KASSA_MASTER_KEY ",
                        "KASSA_DATADIR is no setting",
                        "kassa.prot is no setting")
                .hasMessageNotContaining("\n");
    }

    /** As editors of Windows save it, with a byte order mark. */
    @Test
    void aByteOrderMarkIsNoPartOfTheFirstKey() throws IOException {
        Path file = directory.resolve("kassa.properties");
        Files.writeString(file, "\uFEFFkassa.port=1234\r\nkassa.data-dir=/srv/kött\r\n");
        Settings settings = Settings.load(Map.of(), file);
        assertThat(settings.port()).isEqualTo(1234);
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/srv/kött"));
    }

    @Test
    void whatIsWrongWithTheFileIsSaid() throws IOException {
        Path file = directory.resolve("kassa.properties");
        Files.write(file, new byte[] {'a', '=', (byte) 0xE4});
        assertThatThrownBy(() -> Settings.load(Map.of(), file))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("not UTF-8");
        Files.writeString(file, "KASSA_SESSION_TTL=1h\n");
        assertThatThrownBy(() -> Settings.load(Map.of(), file))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("KASSA_SESSION_TTL is kassa.session-ttl in kassa.properties");
    }

    @Test
    void anAddressOfIpv6MayStandInBrackets() {
        Settings settings =
                Settings.load(
                        Map.of(
                                "KASSA_BIND_ADDRESS", "[::1]",
                                "KASSA_MANAGEMENT_ADDRESS", "[fd00::5]"),
                        NONE);
        assertThat(settings.bindAddress()).isEqualTo("::1");
        assertThat(settings.operation().managementAddress()).isEqualTo("fd00::5");
    }

    @Test
    void whatWouldEndInAFaultOrInAnotherDirectoryIsRefused() {
        assertThatThrownBy(() ->
                        Settings.load(
                                Map.of(
                                        "KASSA_PORT", "8080",
                                        "KASSA_MANAGEMENT_PORT", "8080",
                                        "KASSA_DATA_DIR", "~/kassa"),
                                NONE))
                .isInstanceOf(Refusal.class)
                .hasMessageContainingAll(
                        "KASSA_MANAGEMENT_PORT is another port than KASSA_PORT",
                        "KASSA_DATA_DIR is a path without ~");
        Map<String, String> anyPorts = Map.of("KASSA_PORT", "0", "KASSA_MANAGEMENT_PORT", "0");
        assertThat(Settings.load(anyPorts, NONE).operation().managementPort()).isZero();
    }

    /** It would be printed when the database does not answer. */
    @Test
    void aLoginInTheDatabaseUrlIsRefusedAndNotRepeated() {
        for (String url :
                new String[] {
                    "jdbc:postgresql://bob:hush@host/kassa",
                    "jdbc:postgresql://host/kassa?user=bob&password=hush"
                }) {
            assertThatThrownBy(() -> Settings.load(Map.of("KASSA_DATABASE_URL", url), NONE))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("KASSA_DATABASE_PASSWORD")
                    .hasMessageNotContaining("hush");
        }
    }

    /** The file that a client sources into its shell must not keep the server from starting. */
    @Test
    void variablesOfClientsAreNoFault() {
        assertThat(Settings.load(Map.of("KASSA_URL", "x", "KASSA_API_KEY", "y"), NONE).port())
                .isEqualTo(8080);
    }

    /** Of the Services kassa, kassa-management and kassa-db, as the kubelet sets them. */
    @Test
    void variablesOfKubernetesServicesAreNoSettings() {
        Map<String, String> variables = new HashMap<>();
        for (String service : List.of("KASSA", "KASSA_MANAGEMENT", "KASSA_DB")) {
            variables.put(service + "_SERVICE_HOST", "10.96.0.17");
            variables.put(service + "_SERVICE_PORT", "80");
            variables.put(service + "_SERVICE_PORT_HTTP", "80");
            variables.put(service + "_PORT", "tcp://10.96.0.17:80");
            variables.put(service + "_PORT_80_TCP", "tcp://10.96.0.17:80");
            variables.put(service + "_PORT_80_TCP_PROTO", "tcp");
            variables.put(service + "_PORT_80_TCP_PORT", "80");
            variables.put(service + "_PORT_80_TCP_ADDR", "fd00::17");
        }
        Settings settings = Settings.load(variables, NONE);
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.operation().managementPort()).isNull();
    }

    @Test
    void whatOnlyResemblesThemIsAFault() {
        for (String variable : List.of("KASSA_PORT", "KASSA_SERVICE_PORT", "KASSA_SERVICE_HOST")) {
            assertThatThrownBy(() -> Settings.load(Map.of(variable, "tcp:80"), NONE))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(variable);
        }
    }

    @Test
    void connectionsFollowTheHeapUnlessTheyAreSet() {
        HttpSettings defaults = Settings.load(Map.of(), NONE).http();
        assertThat(defaults.connections())
                .isEqualTo(
                        (int)
                                Math.min(
                                        Limits.CONNECTIONS,
                                        Runtime.getRuntime().maxMemory()
                                                / Limits.HEAP_PER_CONNECTION));
        Map<String, String> most =
                Map.of("KASSA_CONNECTIONS", "20000", "KASSA_CONNECTIONS_PER_ADDRESS", "0");
        assertThat(Settings.load(most, NONE).http())
                .isEqualTo(new HttpSettings(20_000, 0, Duration.ofSeconds(20), List.of(), null));
        for (String setting : List.of("KASSA_CONNECTIONS", "KASSA_CONNECTIONS_PER_ADDRESS")) {
            assertThatThrownBy(() -> Settings.load(Map.of(setting, "20001"), NONE))
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(setting);
        }
    }

    /** A key that a version of Spring no longer knows does nothing, and says nothing. */
    @Test
    void everyKeyOfTheApplicationIsKnownToSpring() throws IOException {
        Set<String> known = new HashSet<>();
        Set<String> groups = new HashSet<>();
        for (URL file :
                Collections.list(
                        SettingsTest.class
                                .getClassLoader()
                                .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = file.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).path("properties")) {
                    if (!property.path("deprecation").path("level").asString("").equals("error")) {
                        known.add(property.path("name").asString());
                        if (property.path("type").asString("").startsWith("java.util.Map<")) {
                            groups.add(property.path("name").asString() + ".");
                        }
                    }
                }
            }
        }
        Properties properties = new Properties();
        try (InputStream in = SettingsTest.class.getResourceAsStream("/application.properties")) {
            properties.load(in);
        }
        assertThat(properties.stringPropertyNames())
                .isNotEmpty()
                .allMatch(key -> known.contains(key) || groups.stream().anyMatch(key::startsWith));
    }

    @Test
    void productionNeedsADatabaseAMasterKeyAndItsOwnUrl() {
        assertThatThrownBy(() -> Settings.load(Map.of("KASSA_MODE", "production"), NONE))
                .isInstanceOf(Refusal.class)
                .hasMessageContainingAll(
                        "KASSA_DATABASE_URL is required",
                        "KASSA_MASTER_KEY is required",
                        "KASSA_PUBLIC_URL is required");
    }

    @Test
    void secretsAreNotPrinted() {
        String key = "k".repeat(32);
        Settings settings =
                Settings.load(
                        Map.of("KASSA_MASTER_KEY", key, "KASSA_DATABASE_PASSWORD", "hush"), NONE);
        assertThat(settings.toString()).doesNotContain(key, "hush");
    }

    @Test
    void thePageListsEverySettingAsItIs() throws IOException {
        String table =
                Arrays.stream(SettingDefinition.values())
                        .map(s ->
                                "| `%s` | %s | %s |"
                                        .formatted(
                                                s.name(),
                                                s.defaultValue().isEmpty()
                                                        ? "(empty)"
                                                        : "`" + s.defaultValue() + "`",
                                                s.meaning()))
                        .collect(Collectors.joining("\n"));
        assertThat(Files.readString(Path.of("docs/settings.md"))).contains(table);
    }
}
