package dev.kassa.server;

import dev.kassa.database.DatabaseSettings;
import dev.kassa.http.HttpSettings;
import dev.kassa.http.TlsFiles;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Network;
import dev.kassa.merchant.PasswordSettings;
import dev.kassa.push.WakeUpSettings;
import dev.kassa.webhook.WebhookSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/** Turns the texts of settings into values, and notes every fault. */
record SettingsReader(Map<SettingDefinition, String> values, List<String> faults) {
    /** In a URL a password would be printed and logged. */
    private static final Pattern LOGIN_IN_URL =
            Pattern.compile("//[^/]*@|[?&]password=", Pattern.CASE_INSENSITIVE);

    private static final int MASTER_KEY_CHARS = 32;
    private static final Duration LONGEST_STOP_DELAY = Duration.ofMinutes(5);
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration LONGEST_TTL = Duration.ofSeconds(Limits.SESSION_TTL_SECONDS);

    /** Without the values, of which some are secrets. */
    @Override
    public String toString() {
        return "SettingsReader" + values.keySet();
    }

    Settings settings() {
        Mode mode =
                value(
                        SettingDefinition.KASSA_MODE,
                        Mode.PLAYGROUND,
                        SettingsReader::mode,
                        "is playground or production");
        String databaseUrl = text(SettingDefinition.KASSA_DATABASE_URL);
        String masterKey = text(SettingDefinition.KASSA_MASTER_KEY);
        checkMode(mode, databaseUrl, masterKey);
        return new Settings(
                value(
                        SettingDefinition.KASSA_PORT,
                        0,
                        SettingsReader::port,
                        "is a number from 0 to 65535"),
                address(SettingDefinition.KASSA_BIND_ADDRESS),
                mode,
                dataDirectory(),
                database(databaseUrl),
                masterKey,
                text(SettingDefinition.KASSA_MASTER_KEY_PREVIOUS),
                value(
                        SettingDefinition.KASSA_SESSION_TTL,
                        LONGEST_TTL,
                        SettingsReader::ttl,
                        "is a time such as 90s, 15m or 1h, from 1s to 24h"),
                url(SettingDefinition.KASSA_PUBLIC_URL),
                url(SettingDefinition.KASSA_WEBHOOK_URL),
                new WebhookSettings(
                        value(
                                SettingDefinition.KASSA_WEBHOOK_ALLOW,
                                List.of(),
                                SettingsReader::networks,
                                "is a list of addresses such as 10.1.2.0/24, fd00::5"),
                        value(
                                SettingDefinition.KASSA_WEBHOOK_LOG_RETENTION,
                                LONGEST_TTL,
                                SettingsReader::retention,
                                "is a time such as 12h or 30d, at least 1h")),
                new WakeUpSettings(fcm(), apns()),
                new PasswordSettings(url(SettingDefinition.KASSA_BREACHED_PASSWORDS_URL)),
                http(),
                operation());
    }

    /** What production needs and has not, and what it must not have. */
    private void checkMode(Mode mode, @Nullable String databaseUrl, @Nullable String masterKey) {
        checkLength(SettingDefinition.KASSA_MASTER_KEY);
        checkLength(SettingDefinition.KASSA_MASTER_KEY_PREVIOUS);
        if (mode == Mode.PRODUCTION) {
            if (databaseUrl == null) {
                fault(SettingDefinition.KASSA_DATABASE_URL, "is required in production");
            }
            if (masterKey == null) {
                fault(SettingDefinition.KASSA_MASTER_KEY, "is required in production");
            }
            if (text(SettingDefinition.KASSA_PUBLIC_URL) == null) {
                fault(
                        SettingDefinition.KASSA_PUBLIC_URL,
                        "is required in production: receipts and QR codes link to it");
            }
            if (text(SettingDefinition.KASSA_WEBHOOK_URL) != null) {
                fault(SettingDefinition.KASSA_WEBHOOK_URL, "is for the playground only");
            }
        }
    }

    private void checkLength(SettingDefinition masterKey) {
        String text = text(masterKey);
        if (text != null && text.length() < MASTER_KEY_CHARS) {
            fault(masterKey, "has at least " + MASTER_KEY_CHARS + " characters");
        }
    }

    private DatabaseSettings database(@Nullable String url) {
        if (url != null && !url.startsWith("jdbc:postgresql:")) {
            fault(SettingDefinition.KASSA_DATABASE_URL, "begins with jdbc:postgresql:");
        } else if (url != null && LOGIN_IN_URL.matcher(url).find()) {
            fault(
                    SettingDefinition.KASSA_DATABASE_URL,
                    "holds no login: use KASSA_DATABASE_USER and KASSA_DATABASE_PASSWORD");
        }
        int connections = connections(SettingDefinition.KASSA_DATABASE_CONNECTIONS, 8, 200);
        return new DatabaseSettings(
                url == null
                        ? null
                        : new DatabaseSettings.Login(
                                url,
                                required(SettingDefinition.KASSA_DATABASE_USER),
                                values.getOrDefault(SettingDefinition.KASSA_DATABASE_PASSWORD, "")),
                connections,
                connections(SettingDefinition.KASSA_DATABASE_MERCHANT_CONNECTIONS, 1, connections),
                timeouts());
    }

    private int connections(SettingDefinition setting, int least, int most) {
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
        Duration lock = timeout(SettingDefinition.KASSA_DATABASE_LOCK_TIMEOUT);
        Duration statement = timeout(SettingDefinition.KASSA_DATABASE_STATEMENT_TIMEOUT);
        Duration socket = timeout(SettingDefinition.KASSA_DATABASE_SOCKET_TIMEOUT);
        Duration request = timeout(SettingDefinition.KASSA_REQUEST_TIMEOUT);
        if (lock.compareTo(statement) >= 0) {
            fault(
                    SettingDefinition.KASSA_DATABASE_STATEMENT_TIMEOUT,
                    "is more than KASSA_DATABASE_LOCK_TIMEOUT");
        }
        if (statement.compareTo(socket) >= 0) {
            fault(
                    SettingDefinition.KASSA_DATABASE_SOCKET_TIMEOUT,
                    "is more than KASSA_DATABASE_STATEMENT_TIMEOUT");
        }
        if (socket.compareTo(request) > 0) {
            fault(
                    SettingDefinition.KASSA_REQUEST_TIMEOUT,
                    "is at least KASSA_DATABASE_SOCKET_TIMEOUT");
        }
        return new DatabaseSettings.Timeouts(
                lock,
                statement,
                socket,
                request,
                timeout(SettingDefinition.KASSA_DATABASE_WAIT_TIMEOUT));
    }

    private Duration timeout(SettingDefinition setting) {
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
        TlsFiles tls = tls();
        int connections =
                text(SettingDefinition.KASSA_CONNECTIONS) == null
                        ? HttpSettings.connectionsOfTheHeap(tls != null)
                        : connections(SettingDefinition.KASSA_CONNECTIONS, 10, Limits.CONNECTIONS);
        return new HttpSettings(
                connections,
                connections(SettingDefinition.KASSA_CONNECTIONS_PER_ADDRESS, 0, Limits.CONNECTIONS),
                timeout(SettingDefinition.KASSA_RECEIVE_TIMEOUT),
                value(
                        SettingDefinition.KASSA_TRUSTED_PROXIES,
                        List.of(),
                        SettingsReader::networks,
                        "is a list of addresses such as 10.0.0.5, 10.1.2.0/24"),
                tls);
    }

    private @Nullable TlsFiles tls() {
        String certificate = text(SettingDefinition.KASSA_TLS_CERTIFICATE);
        String key = text(SettingDefinition.KASSA_TLS_KEY);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            fault(
                    certificate == null
                            ? SettingDefinition.KASSA_TLS_CERTIFICATE
                            : SettingDefinition.KASSA_TLS_KEY,
                    "is missing: a certificate and its key are set together");
            return null;
        }
        return new TlsFiles(Path.of(certificate), Path.of(key));
    }

    /** IPv6 with or without the brackets that it has in a URL. */
    private String address(SettingDefinition setting) {
        return required(setting).replaceAll("^\\[(.*)]$", "$1");
    }

    private Path dataDirectory() {
        String text = required(SettingDefinition.KASSA_DATA_DIR);
        if (text.startsWith("~")) {
            fault(
                    SettingDefinition.KASSA_DATA_DIR,
                    "is a path without ~, for which only a shell puts your home");
        }
        return Path.of(text);
    }

    private Settings.Operation operation() {
        String managementPort = text(SettingDefinition.KASSA_MANAGEMENT_PORT);
        if (managementPort != null
                && !managementPort.equals("0")
                && managementPort.equals(text(SettingDefinition.KASSA_PORT))) {
            fault(SettingDefinition.KASSA_MANAGEMENT_PORT, "is another port than KASSA_PORT");
        }
        @Nullable Integer port =
                managementPort == null
                        ? null
                        : value(
                                SettingDefinition.KASSA_MANAGEMENT_PORT,
                                0,
                                SettingsReader::port,
                                "is a number from 0 to 65535");
        return new Settings.Operation(
                port,
                address(SettingDefinition.KASSA_MANAGEMENT_ADDRESS),
                value(
                        SettingDefinition.KASSA_LOG_FORMAT,
                        LogFormat.TEXT,
                        LogFormat::parse,
                        "is text or json"),
                url(SettingDefinition.KASSA_TRACES_URL),
                value(
                        SettingDefinition.KASSA_STOP_DELAY,
                        Duration.ZERO,
                        SettingsReader::stopDelay,
                        "is a time such as 0s or 10s, at most 5m"));
    }

    private WakeUpSettings.@Nullable Fcm fcm() {
        String account = text(SettingDefinition.KASSA_FCM_SERVICE_ACCOUNT);
        URI url = url(SettingDefinition.KASSA_FCM_URL);
        return account == null || url == null
                ? null
                : new WakeUpSettings.Fcm(Path.of(account), url);
    }

    private WakeUpSettings.@Nullable Apns apns() {
        String key = text(SettingDefinition.KASSA_APNS_KEY);
        URI url = url(SettingDefinition.KASSA_APNS_URL);
        String ca = text(SettingDefinition.KASSA_APNS_CA);
        return key == null || url == null
                ? null
                : new WakeUpSettings.Apns(
                        Path.of(key),
                        required(SettingDefinition.KASSA_APNS_KEY_ID),
                        required(SettingDefinition.KASSA_APNS_TEAM_ID),
                        required(SettingDefinition.KASSA_APNS_TOPIC),
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

    private @Nullable URI url(SettingDefinition setting) {
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

    private <T> T value(
            SettingDefinition setting, T onFault, Function<String, T> parser, String form) {
        try {
            return parser.apply(values.getOrDefault(setting, ""));
        } catch (IllegalArgumentException e) {
            fault(setting, form);
            return onFault;
        }
    }

    private @Nullable String text(SettingDefinition setting) {
        String value = values.getOrDefault(setting, "");
        return value.isEmpty() ? null : value;
    }

    private String required(SettingDefinition setting) {
        String value = text(setting);
        if (value == null) {
            fault(setting, "must not be empty");
            return setting.defaultValue();
        }
        return value;
    }

    private void fault(SettingDefinition setting, String form) {
        faults.add(setting + " " + form + ".");
    }
}
