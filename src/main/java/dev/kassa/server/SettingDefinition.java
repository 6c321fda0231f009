package dev.kassa.server;

import java.util.Locale;

/**
 * Every setting: an environment variable, or the same in lower case with dots in {@code
 * kassa.properties}. {@code docs/settings.md} is compared with this by a test.
 */
enum SettingDefinition {
    KASSA_PORT("8080", "TCP port of the HTTP server; 0 takes a free one."),
    KASSA_BIND_ADDRESS(
            "127.0.0.1", "Address to listen on; `0.0.0.0` lets phones on the network in."),
    KASSA_MODE(
            "playground",
            "`playground` (simulated devices and cards) or `production` (real money)."),
    KASSA_DATA_DIR("data", "Directory of the embedded database, keys and `playground.env`."),
    KASSA_DATABASE_URL(
            "",
            "JDBC URL of your own PostgreSQL 15 or newer, `jdbc:postgresql://host:5432/name`; empty:"
                    + " the embedded one. Required in production."),
    KASSA_DATABASE_USER("kassa", "User at your own PostgreSQL."),
    KASSA_DATABASE_PASSWORD("", "Password at your own PostgreSQL."),
    KASSA_DATABASE_CONNECTIONS(
            "16", "Connections to the database, 8 to 200; one more listens for notifications."),
    KASSA_DATABASE_MERCHANT_CONNECTIONS(
            "8", "How many of them the requests of one merchant may hold at once."),
    KASSA_DATABASE_WAIT_TIMEOUT(
            "3s", "How long a request waits for one of the connections before it is answered 503."),
    KASSA_DATABASE_LOCK_TIMEOUT("2s", "How long a statement waits for a row or a table."),
    KASSA_DATABASE_STATEMENT_TIMEOUT(
            "5s",
            "How long a statement runs before PostgreSQL ends it; more than the lock timeout."),
    KASSA_DATABASE_SOCKET_TIMEOUT(
            "7s",
            "How long the server waits for an answer of the database before it gives the connection"
                    + " up; more than the statement timeout, since only the latter says that nothing"
                    + " was done."),
    KASSA_REQUEST_TIMEOUT(
            "8s",
            "How long a request may work with the database in all before it is answered 503; at"
                    + " least the socket timeout, and less than the patience of your clients."),
    KASSA_CONNECTIONS(
            "",
            "How many connections clients may have open at once, up to 20000; further ones wait."
                    + " Empty: one for each 64 KiB of heap, or with TLS 128 KiB."),
    KASSA_CONNECTIONS_PER_ADDRESS(
            "1000",
            "How many of them one client address may have (of IPv6 a /64); further ones are closed at"
                    + " once. `0`: any number. Those of `KASSA_TRUSTED_PROXIES` are not counted."),
    KASSA_TRUSTED_PROXIES(
            "",
            "Addresses of the proxies in front of the server, such as `10.0.0.5, 10.1.2.0/24`: what they"
                    + " say of the client (`Forwarded`, or `X-Forwarded-For`, `-Proto` and `-Host`) is"
                    + " believed. Empty: nobody is, and limits per address count the proxy."),
    KASSA_TLS_CERTIFICATE(
            "",
            "File in PEM with the server's certificate and those between it and its issuer. Set, the"
                    + " server takes HTTPS (TLS 1.2 and 1.3, HTTP/2) and nothing else. It is read again"
                    + " when it changes. Empty: plain HTTP, for a proxy with TLS in front."),
    KASSA_TLS_KEY("", "File in PEM with the certificate's private key, without a passphrase."),
    KASSA_RECEIVE_TIMEOUT(
            "20s",
            "How long a client may take to send the headers of a request, and again for its body;"
                    + " then the connection is closed."),
    KASSA_MASTER_KEY(
            "",
            "At least 32 characters, drawn at random (`openssl rand -base64 32`); encrypts the key ring,"
                    + " which encrypts webhook secrets and provider credentials. Empty: made once and"
                    + " kept in the data directory. Required in production."),
    KASSA_MASTER_KEY_PREVIOUS(
            "",
            "The master key before, while a new one is brought in: the key ring opens with either,"
                    + " until `./kassa master-key rotate` has encrypted it by the new one."),
    KASSA_SESSION_TTL("1h", "How long a session is open: `90s`, `15m`, `1h`; at most `24h`."),
    KASSA_PUBLIC_URL(
            "",
            "How clients reach the server: receipts, QR codes and `Location` link to it. Empty: as the"
                    + " request's `Host` has it. Required in production."),
    KASSA_WEBHOOK_URL(
            "",
            "Playground only: a destination for all events of the seeded merchant; its secret is in"
                    + " `playground.env`."),
    KASSA_WEBHOOK_ALLOW(
            "",
            "Production only: addresses of your own networks that webhooks may go to, such as"
                    + " `10.1.2.0/24, fd00::5`; all others outside the public internet are refused."),
    KASSA_WEBHOOK_LOG_RETENTION(
            "30d", "How long the log of webhook tries is kept: `12h`, `30d`; at least `1h`."),
    KASSA_FCM_SERVICE_ACCOUNT(
            "",
            "JSON file of the Google service account that wakes Android apps through Firebase Cloud"
                    + " Messaging; empty: they are not woken."),
    KASSA_FCM_URL("https://fcm.googleapis.com", "Where Firebase Cloud Messaging is."),
    KASSA_APNS_KEY(
            "",
            "The `.p8` file of the Apple key that wakes iOS apps through APNs; empty: they are not"
                    + " woken. Needs the next three."),
    KASSA_APNS_KEY_ID("", "The key's id, 10 characters."),
    KASSA_APNS_TEAM_ID("", "The id of the Apple team that the key belongs to."),
    KASSA_APNS_TOPIC("", "The app's bundle id."),
    KASSA_APNS_URL(
            "https://api.push.apple.com",
            "Where APNs is; `https://api.sandbox.push.apple.com` for development builds."),
    KASSA_APNS_CA(
            "",
            "Certificates in PEM to trust for APNs in place of the system's; for tests against a"
                    + " server of your own."),
    KASSA_BREACHED_PASSWORDS_URL(
            "",
            "Where new passwords of the portal are looked up among breached ones, by the range API of"
                    + " Have I Been Pwned: `https://api.pwnedpasswords.com/range`. It is sent five"
                    + " characters of the SHA-1. Without an answer in two seconds the password is"
                    + " taken. Empty: nowhere."),
    KASSA_MANAGEMENT_PORT(
            "",
            "TCP port of health and metrics; empty: they are served nowhere; 0 takes a free one."),
    KASSA_MANAGEMENT_ADDRESS(
            "127.0.0.1",
            "Address of health and metrics, which ask for no key: one that only your monitoring"
                    + " and your load balancer reach."),
    KASSA_LOG_FORMAT("text", "`text`, or `json`: one object a line."),
    KASSA_TRACES_URL(
            "",
            "Where traces go by OTLP over HTTP, `http://collector:4318/v1/traces`; empty: nowhere."),
    KASSA_STOP_DELAY(
            "0s",
            "How long a stopping server says that it is not ready before it takes no more requests:"
                    + " at least what the load balancer takes to notice; at most `5m`.");

    private final String defaultValue;
    private final String meaning;

    SettingDefinition(String defaultValue, String meaning) {
        this.defaultValue = defaultValue;
        this.meaning = meaning;
    }

    /** The value when nothing is set; empty for none. */
    String defaultValue() {
        return defaultValue;
    }

    /** What it does, as Markdown. */
    String meaning() {
        return meaning;
    }

    /** The key in {@code kassa.properties}. */
    String property() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_", ".").replace('_', '-');
    }
}
