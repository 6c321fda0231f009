package dev.kassa.server;

import dev.kassa.database.DatabaseSettings;
import dev.kassa.http.HttpSettings;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Network;
import dev.kassa.kernel.Refusal;
import dev.kassa.push.WakeUpSettings;
import dev.kassa.webhook.WebhookSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * The settings of a server, checked. All faults are told together.
 *
 * @param masterKey null to make one and keep it in the data directory
 * @param publicUrl null for the address the server listens on
 */
public record Settings(
        int port,
        String bindAddress,
        Mode mode,
        Path dataDirectory,
        DatabaseSettings database,
        @Nullable String masterKey,
        Duration sessionTtl,
        @Nullable URI publicUrl,
        @Nullable URI webhookUrl,
        WebhookSettings webhooks,
        WakeUpSettings wakeUps,
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

    /** In a URL a password would be printed and logged. */
    private static final Pattern LOGIN_IN_URL =
            Pattern.compile("//[^/]*@|[?&]password=", Pattern.CASE_INSENSITIVE);

    private static final int MASTER_KEY_CHARS = 32;
    private static final Duration LONGEST_STOP_DELAY = Duration.ofMinutes(5);
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration LONGEST_TTL = Duration.ofSeconds(Limits.SESSION_TTL_SECONDS);

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
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.name());
            if (value == null) {
                value = properties.getProperty(setting.property(), setting.defaultValue());
            }
            values.put(setting, value.strip());
        }
        Settings settings = new Reading(values, faults).settings();
        if (!faults.isEmpty()) {
            throw new Refusal("Settings: " + String.join(" ", faults));
        }
        return settings;
    }

    private static void unknown(
            Set<String> variables, Set<String> properties, List<String> faults) {
        Set<String> names =
                Stream.of(Setting.values()).map(Setting::name).collect(Collectors.toSet());
        Set<String> keys =
                Stream.of(Setting.values()).map(Setting::property).collect(Collectors.toSet());
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
                ? name + " is " + Setting.valueOf(name).property() + " in kassa.properties."
                : name + " is no setting; docs/settings.md lists them.";
    }

    /** Turns texts into values, noting every fault. */
    private record Reading(Map<Setting, String> values, List<String> faults) {
        /** Without the values, of which some are secrets. */
        @Override
        public String toString() {
            return "Reading" + values.keySet();
        }

        Settings settings() {
            Mode mode =
                    value(
                            Setting.KASSA_MODE,
                            Mode.PLAYGROUND,
                            Reading::mode,
                            "is playground or production");
            String databaseUrl = text(Setting.KASSA_DATABASE_URL);
            String masterKey = text(Setting.KASSA_MASTER_KEY);
            if (masterKey != null && masterKey.length() < MASTER_KEY_CHARS) {
                fault(Setting.KASSA_MASTER_KEY, "has at least " + MASTER_KEY_CHARS + " characters");
            }
            if (mode == Mode.PRODUCTION) {
                if (databaseUrl == null) {
                    fault(Setting.KASSA_DATABASE_URL, "is required in production");
                }
                if (masterKey == null) {
                    fault(Setting.KASSA_MASTER_KEY, "is required in production");
                }
                if (text(Setting.KASSA_PUBLIC_URL) == null) {
                    fault(
                            Setting.KASSA_PUBLIC_URL,
                            "is required in production: receipts and QR codes link to it");
                }
                if (text(Setting.KASSA_WEBHOOK_URL) != null) {
                    fault(Setting.KASSA_WEBHOOK_URL, "is for the playground only");
                }
            }
            return new Settings(
                    value(Setting.KASSA_PORT, 0, Reading::port, "is a number from 0 to 65535"),
                    address(Setting.KASSA_BIND_ADDRESS),
                    mode,
                    dataDirectory(),
                    database(databaseUrl),
                    masterKey,
                    value(
                            Setting.KASSA_SESSION_TTL,
                            LONGEST_TTL,
                            Reading::ttl,
                            "is a time such as 90s, 15m or 1h, from 1s to 24h"),
                    url(Setting.KASSA_PUBLIC_URL),
                    url(Setting.KASSA_WEBHOOK_URL),
                    new WebhookSettings(
                            value(
                                    Setting.KASSA_WEBHOOK_ALLOW,
                                    List.of(),
                                    Reading::networks,
                                    "is a list of addresses such as 10.1.2.0/24, fd00::5"),
                            value(
                                    Setting.KASSA_WEBHOOK_LOG_RETENTION,
                                    LONGEST_TTL,
                                    Reading::retention,
                                    "is a time such as 12h or 30d, at least 1h")),
                    new WakeUpSettings(fcm(), apns()),
                    http(),
                    operation());
        }

        private DatabaseSettings database(@Nullable String url) {
            if (url != null && !url.startsWith("jdbc:postgresql:")) {
                fault(Setting.KASSA_DATABASE_URL, "begins with jdbc:postgresql:");
            } else if (url != null && LOGIN_IN_URL.matcher(url).find()) {
                fault(
                        Setting.KASSA_DATABASE_URL,
                        "holds no login: use KASSA_DATABASE_USER and KASSA_DATABASE_PASSWORD");
            }
            int connections = connections(Setting.KASSA_DATABASE_CONNECTIONS, 8, 200);
            return new DatabaseSettings(
                    url == null
                            ? null
                            : new DatabaseSettings.Login(
                                    url,
                                    required(Setting.KASSA_DATABASE_USER),
                                    values.getOrDefault(Setting.KASSA_DATABASE_PASSWORD, "")),
                    connections,
                    connections(Setting.KASSA_DATABASE_MERCHANT_CONNECTIONS, 1, connections),
                    timeouts());
        }

        private int connections(Setting setting, int least, int most) {
            return value(
                    setting,
                    most,
                    text -> {
                        int number = Integer.parseInt(text);
                        if (number < least || number > most) {
                            throw new IllegalArgumentException("out of range");
                        }
                        return number;
                    },
                    "is a number from " + least + " to " + most);
        }

        private DatabaseSettings.Timeouts timeouts() {
            Duration lock = timeout(Setting.KASSA_DATABASE_LOCK_TIMEOUT);
            Duration statement = timeout(Setting.KASSA_DATABASE_STATEMENT_TIMEOUT);
            Duration socket = timeout(Setting.KASSA_DATABASE_SOCKET_TIMEOUT);
            Duration request = timeout(Setting.KASSA_REQUEST_TIMEOUT);
            if (lock.compareTo(statement) >= 0) {
                fault(
                        Setting.KASSA_DATABASE_STATEMENT_TIMEOUT,
                        "is more than KASSA_DATABASE_LOCK_TIMEOUT");
            }
            if (statement.compareTo(socket) >= 0) {
                fault(
                        Setting.KASSA_DATABASE_SOCKET_TIMEOUT,
                        "is more than KASSA_DATABASE_STATEMENT_TIMEOUT");
            }
            if (socket.compareTo(request) > 0) {
                fault(Setting.KASSA_REQUEST_TIMEOUT, "is at least KASSA_DATABASE_SOCKET_TIMEOUT");
            }
            return new DatabaseSettings.Timeouts(
                    lock, statement, socket, request, timeout(Setting.KASSA_DATABASE_WAIT_TIMEOUT));
        }

        private Duration timeout(Setting setting) {
            return value(
                    setting,
                    DurationStyle.detectAndParse(setting.defaultValue()),
                    text -> {
                        Duration timeout = DurationStyle.detectAndParse(text);
                        if (timeout.compareTo(LEAST_TIMEOUT) < 0
                                || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
                            throw new IllegalArgumentException("out of range");
                        }
                        return timeout;
                    },
                    "is a time such as 500ms or 5s, from 100ms to 10m");
        }

        private HttpSettings http() {
            int connections =
                    text(Setting.KASSA_CONNECTIONS) == null
                            ? HttpSettings.connectionsOfTheHeap()
                            : connections(Setting.KASSA_CONNECTIONS, 10, Limits.CONNECTIONS);
            return new HttpSettings(
                    connections,
                    connections(Setting.KASSA_CONNECTIONS_PER_ADDRESS, 0, Limits.CONNECTIONS),
                    timeout(Setting.KASSA_RECEIVE_TIMEOUT),
                    value(
                            Setting.KASSA_TRUSTED_PROXIES,
                            List.of(),
                            Reading::networks,
                            "is a list of addresses such as 10.0.0.5, 10.1.2.0/24"));
        }

        /** IPv6 with or without the brackets that it has in a URL. */
        private String address(Setting setting) {
            return required(setting).replaceAll("^\\[(.*)]$", "$1");
        }

        private Path dataDirectory() {
            String text = required(Setting.KASSA_DATA_DIR);
            if (text.startsWith("~")) {
                fault(
                        Setting.KASSA_DATA_DIR,
                        "is a path without ~, for which only a shell puts your home");
            }
            return Path.of(text);
        }

        private Operation operation() {
            String managementPort = text(Setting.KASSA_MANAGEMENT_PORT);
            if (managementPort != null
                    && !managementPort.equals("0")
                    && managementPort.equals(text(Setting.KASSA_PORT))) {
                fault(Setting.KASSA_MANAGEMENT_PORT, "is another port than KASSA_PORT");
            }
            @Nullable Integer port =
                    managementPort == null
                            ? null
                            : value(
                                    Setting.KASSA_MANAGEMENT_PORT,
                                    0,
                                    Reading::port,
                                    "is a number from 0 to 65535");
            return new Operation(
                    port,
                    address(Setting.KASSA_MANAGEMENT_ADDRESS),
                    value(
                            Setting.KASSA_LOG_FORMAT,
                            LogFormat.TEXT,
                            LogFormat::parse,
                            "is text or json"),
                    url(Setting.KASSA_TRACES_URL),
                    value(
                            Setting.KASSA_STOP_DELAY,
                            Duration.ZERO,
                            Reading::stopDelay,
                            "is a time such as 0s or 10s, at most 5m"));
        }

        private WakeUpSettings.@Nullable Fcm fcm() {
            String account = text(Setting.KASSA_FCM_SERVICE_ACCOUNT);
            URI url = url(Setting.KASSA_FCM_URL);
            return account == null || url == null
                    ? null
                    : new WakeUpSettings.Fcm(Path.of(account), url);
        }

        private WakeUpSettings.@Nullable Apns apns() {
            String key = text(Setting.KASSA_APNS_KEY);
            URI url = url(Setting.KASSA_APNS_URL);
            String ca = text(Setting.KASSA_APNS_CA);
            return key == null || url == null
                    ? null
                    : new WakeUpSettings.Apns(
                            Path.of(key),
                            required(Setting.KASSA_APNS_KEY_ID),
                            required(Setting.KASSA_APNS_TEAM_ID),
                            required(Setting.KASSA_APNS_TOPIC),
                            url,
                            ca == null ? null : Path.of(ca));
        }

        private static Mode mode(String text) {
            return Mode.valueOf(text.toUpperCase(Locale.ROOT));
        }

        private static int port(String text) {
            int port = Integer.parseInt(text);
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("out of range");
            }
            return port;
        }

        private static Duration ttl(String text) {
            Duration ttl = DurationStyle.detectAndParse(text);
            if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(LONGEST_TTL) > 0) {
                throw new IllegalArgumentException("out of range");
            }
            return ttl;
        }

        private static Duration stopDelay(String text) {
            Duration delay = DurationStyle.detectAndParse(text);
            if (delay.isNegative() || delay.compareTo(LONGEST_STOP_DELAY) > 0) {
                throw new IllegalArgumentException("out of range");
            }
            return delay;
        }

        private static List<Network> networks(String text) {
            return Stream.of(text.split(","))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .map(Network::parse)
                    .toList();
        }

        private static Duration retention(String text) {
            Duration retention = DurationStyle.detectAndParse(text);
            if (retention.compareTo(Duration.ofHours(1)) < 0) {
                throw new IllegalArgumentException("too short");
            }
            return retention;
        }

        private static URI http(String text) {
            URI uri = URI.create(text);
            if (uri.getHost() == null
                    || uri.getPort() > 65_535
                    || !Set.of("http", "https").contains(uri.getScheme())) {
                throw new IllegalArgumentException("not http");
            }
            return uri;
        }

        private @Nullable URI url(Setting setting) {
            String text = text(setting);
            if (text == null) {
                return null;
            }
            try {
                return http(text);
            } catch (IllegalArgumentException e) {
                fault(setting, "is a URL such as https://example.com/path");
                return null;
            }
        }

        private <T> T value(Setting setting, T onFault, Function<String, T> parser, String form) {
            try {
                return parser.apply(values.getOrDefault(setting, ""));
            } catch (IllegalArgumentException e) {
                fault(setting, form);
                return onFault;
            }
        }

        private @Nullable String text(Setting setting) {
            String value = values.getOrDefault(setting, "");
            return value.isEmpty() ? null : value;
        }

        private String required(Setting setting) {
            String value = text(setting);
            if (value == null) {
                fault(setting, "must not be empty");
                return setting.defaultValue();
            }
            return value;
        }

        private void fault(Setting setting, String form) {
            faults.add(setting + " " + form + ".");
        }
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
                sessionTtl,
                publicUrl,
                url,
                webhooks,
                wakeUps,
                http,
                operation);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "Settings[" + mode + ", port " + port + ", " + dataDirectory + "]";
    }
}
