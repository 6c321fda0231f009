package dev.kassa.server;

import dev.kassa.database.DatabaseSettings;
import dev.kassa.http.HttpSettings;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Refusal;
import dev.kassa.merchant.PasswordSettings;
import dev.kassa.push.WakeUpSettings;
import dev.kassa.webhook.WebhookSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server, checked. All faults are told together.
 *
 * @param masterKey null to make one and keep it in the data directory
 * @param previousMasterKey opens the key ring too, while another master key is brought in
 * @param publicUrl null for the address the server listens on
 */
public record Settings(
        int port,
        String bindAddress,
        Mode mode,
        Path dataDirectory,
        DatabaseSettings database,
        @Nullable String masterKey,
        @Nullable String previousMasterKey,
        Duration sessionTtl,
        @Nullable URI publicUrl,
        @Nullable URI webhookUrl,
        WebhookSettings webhooks,
        WakeUpSettings wakeUps,
        PasswordSettings passwords,
        HttpSettings http,
        Operation operation) {

    /**
     * How it is watched and stopped.
     *
     * @param managementPort null for no health and metrics over HTTP
     * @param tracesUrl null for no traces
     */
    record Operation(
            @Nullable Integer managementPort,
            String managementAddress,
            LogFormat logFormat,
            @Nullable URI tracesUrl,
            Duration stopDelay) {}

    /**
     * For clients and for the launcher: no fault when they are set, and no setting of the server.
     */
    private static final Set<String> OTHER_VARIABLES =
            Set.of(
                    "KASSA_URL",
                    "KASSA_MERCHANT_ID",
                    "KASSA_API_USERNAME",
                    "KASSA_API_KEY",
                    "KASSA_PORTAL_USER",
                    "KASSA_PORTAL_PASSWORD",
                    "KASSA_WEBHOOK_SECRET",
                    "KASSA_JAVA_OPTS");

    /**
     * Reads {@code kassa.properties} in the current directory, then the environment, which wins.
     */
    public static Settings load() {
        return load(System.getenv(), Path.of("kassa.properties"));
    }

    public static Settings load(Map<String, String> variables, Path file) {
        Map<String, String> environment = Kubernetes.without(variables);
        Properties properties = PropertiesFile.read(file);
        List<String> faults = new ArrayList<>();
        unknown(environment.keySet(), properties.stringPropertyNames(), faults);
        Map<SettingDefinition, String> values = new EnumMap<>(SettingDefinition.class);
        for (SettingDefinition setting : SettingDefinition.values()) {
            String value = environment.get(setting.name());
            if (value == null) {
                value = properties.getProperty(setting.property(), setting.defaultValue());
            }
            values.put(setting, value.strip());
        }
        Settings settings = new SettingsReader(values, faults).settings();
        if (!faults.isEmpty()) {
            throw new Refusal("Settings: " + String.join(" ", faults));
        }
        return settings;
    }

    private static void unknown(
            Set<String> variables, Set<String> properties, List<String> faults) {
        Set<String> names =
                Stream.of(SettingDefinition.values())
                        .map(SettingDefinition::name)
                        .collect(Collectors.toSet());
        Set<String> keys =
                Stream.of(SettingDefinition.values())
                        .map(SettingDefinition::property)
                        .collect(Collectors.toSet());
        Stream.concat(
                        variables.stream()
                                .filter(name -> name.startsWith("KASSA_"))
                                .filter(name -> !names.contains(name))
                                .filter(name -> !OTHER_VARIABLES.contains(name)),
                        properties.stream().filter(key -> !keys.contains(key)))
                .sorted()
                .forEach(name -> faults.add(unknown(name, names)));
    }

    private static String unknown(String name, Set<String> variables) {
        return variables.contains(name)
                ? name
                        + " is "
                        + SettingDefinition.valueOf(name).property()
                        + " in kassa.properties."
                : name + " is no setting; docs/settings.md lists them.";
    }

    /** The same with webhooks of the seeded merchant going to {@code url}. */
    public Settings withWebhookUrl(URI url) {
        return new Settings(
                port,
                bindAddress,
                mode,
                dataDirectory,
                database,
                masterKey,
                previousMasterKey,
                sessionTtl,
                publicUrl,
                url,
                webhooks,
                wakeUps,
                passwords,
                http,
                operation);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Settings[" + mode + ", port " + port + ", " + dataDirectory + "]";
    }
}
