package dev.kassa.server;

import dev.kassa.database.Database;
import dev.kassa.database.DatabaseSettings;
import dev.kassa.database.Nodes;
import dev.kassa.http.TlsFiles;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Vault;
import dev.kassa.merchant.Merchants;
import dev.kassa.webhook.FailingDestinations;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Looks at all that a deployment depends on, and says of each part in one line how it is. It
 * changes nothing.
 */
public final class Doctor {
    /** More than clocks of one data centre differ. */
    private static final Duration CLOCKS = Duration.ofSeconds(2);

    private static final long FREE_BYTES = 500_000_000;

    private static final int LISTED = 100;

    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE);

    private final Settings settings;
    private final InstantSource clock;
    private final List<Finding> findings = new ArrayList<>();

    private Doctor(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** How a part is. */
    public enum Level {
        OK,
        /** Works, and may not for long. */
        WARNING,
        FAULT
    }

    /**
     * One line.
     *
     * @param text what was seen and, unless it is well, what to do
     */
    public record Finding(String part, Level level, String text) {}

    /** Looks at everything; nothing that it finds ends it. */
    public static List<Finding> examine(Settings settings, InstantSource clock) {
        Doctor doctor = new Doctor(settings, clock);
        doctor.dataDirectory();
        doctor.tls();
        doctor.publicUrl();
        if (doctor.database()) {
            try (BesideServer server = BesideServer.open(settings)) {
                doctor.say("schema", Level.OK, "of this version");
                boolean rightKey = doctor.masterKey(server);
                doctor.clocks(server);
                doctor.work(server);
                if (rightKey) {
                    doctor.merchants(server);
                }
                doctor.webhooks(server);
            } catch (Refusal e) {
                doctor.say("schema", Level.FAULT, e.line());
            }
        }
        return doctor.findings;
    }

    private void say(String part, Level level, String text) {
        findings.add(new Finding(part, level, text));
    }

    private void dataDirectory() {
        Path directory = settings.dataDirectory().toAbsolutePath().normalize();
        if (Files.notExists(directory)) {
            say("data directory", Level.WARNING, directory + " does not exist; a start makes it.");
            return;
        }
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            say(
                    "data directory",
                    Level.FAULT,
                    directory
                            + " is no directory that this user may write to. Give it to the user"
                            + " that runs Kassa, or set KASSA_DATA_DIR.");
            return;
        }
        try {
            List<Path> open = openToOthers(directory);
            long free = directory.toFile().getUsableSpace();
            if (!open.isEmpty()) {
                say(
                        "data directory",
                        Level.FAULT,
                        open + " can be read by other users, and holds secrets. Run chmod 600.");
            } else if (free < FREE_BYTES) {
                say(
                        "data directory",
                        Level.FAULT,
                        directory + " has only " + free / 1_000_000 + " MB left. Make room.");
            } else {
                say("data directory", Level.OK, directory.toString());
            }
        } catch (IOException e) {
            say("data directory", Level.FAULT, directory + " cannot be read (" + e + ").");
        }
    }

    private static List<Path> openToOthers(Path directory) throws IOException {
        List<Path> open = new ArrayList<>();
        for (Path file :
                List.of(
                        directory.resolve("master.key"),
                        directory.resolve(PlaygroundEnv.FILE),
                        Path.of("kassa.properties"))) {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null
                    && Files.exists(file)
                    && view.readAttributes().permissions().stream().anyMatch(OTHERS::contains)) {
                open.add(file);
            }
        }
        return open;
    }

    private void tls() {
        TlsFiles tls = settings.http().tls();
        if (tls == null) {
            return;
        }
        try {
            Instant end = tls.check();
            if (end.isBefore(clock.instant().plus(PublicUrlCheck.ENDS_SOON))) {
                say(
                        "certificate",
                        Level.FAULT,
                        tls.certificate() + " ends at " + end + ". Renew it.");
            } else {
                say("certificate", Level.OK, tls.certificate() + ", until " + end);
            }
        } catch (Refusal e) {
            say("certificate", Level.FAULT, e.line());
        }
    }

    private void publicUrl() {
        URI url = settings.publicUrl();
        if (url == null) {
            say("public URL", Level.OK, "not set: links go by the Host of each request");
            return;
        }
        if (settings.mode() == Mode.PRODUCTION && !"https".equals(url.getScheme())) {
            say(
                    "public URL",
                    Level.FAULT,
                    url
                            + " is not https: keys and tokens would travel in the open. Set"
                            + " KASSA_PUBLIC_URL to an https URL.");
            return;
        }
        findings.add(PublicUrlCheck.of(url, clock));
    }

    /** Answers whether it can be looked at further. */
    private boolean database() {
        DatabaseSettings database = settings.database();
        if (database.login() == null) {
            say("database", Level.OK, "embedded, durable by its own settings");
            return true;
        }
        try {
            List<String> warnings = Database.check(database);
            warnings.forEach(warning -> say("database", Level.WARNING, warning));
            if (warnings.isEmpty()) {
                say("database", Level.OK, "a primary, 15 or newer, durable");
            }
            return true;
        } catch (Refusal e) {
            say("database", Level.FAULT, e.line());
            return false;
        }
    }

    private boolean masterKey(BesideServer server) {
        try {
            var _ = server.part(Vault.class);
            say("master key", Level.OK, "opens the database's key ring");
            return true;
        } catch (Refusal e) {
            say("master key", Level.FAULT, e.line());
            return false;
        }
    }

    private void clocks(BesideServer server) {
        Instant before = clock.instant();
        Instant theirs =
                server.part(JdbcClient.class)
                        .sql("select extract(epoch from clock_timestamp()) * 1000")
                        .query((row, n) -> Instant.ofEpochMilli(row.getLong(1)))
                        .single();
        int faults = clock("this machine's clock", Duration.between(theirs, before));
        for (Map.Entry<UUID, Duration> node : server.part(Nodes.class).clocks().entrySet()) {
            faults += clock("the clock of server " + node.getKey(), node.getValue());
        }
        if (faults == 0) {
            say("clocks", Level.OK, "this machine's, the servers' and the database's agree");
        }
    }

    private int clock(String whose, Duration ahead) {
        if (ahead.abs().compareTo(CLOCKS) <= 0) {
            return 0;
        }
        say(
                "clocks",
                Level.FAULT,
                whose
                        + " is "
                        + ahead.abs().toSeconds()
                        + " s "
                        + (ahead.isNegative() ? "behind" : "ahead of")
                        + " the database's. Have both set by NTP.");
        return 1;
    }

    /** What a running deployment tells of itself in its health. */
    private void work(BesideServer server) {
        for (Map.Entry<String, HealthIndicator> part : server.health().entrySet()) {
            Health health = part.getValue().health();
            if (health == null || health.getStatus().equals(Status.UP)) {
                say(part.getKey(), Level.OK, "nothing has waited for too long");
                continue;
            }
            say(
                    part.getKey(),
                    Level.FAULT,
                    health.getDetails()
                            + ". Is a server running, and does it reach the provider?"
                            + " ./kassa pending lists payments without an outcome.");
        }
    }

    private void merchants(BesideServer server) {
        int merchants = server.part(Merchants.class).list().size();
        if (merchants == 0) {
            say(
                    "merchants",
                    Level.WARNING,
                    "there is none yet. ./kassa merchant create makes one.");
        } else {
            say("merchants", Level.OK, String.valueOf(merchants));
        }
    }

    private void webhooks(BesideServer server) {
        List<FailingDestinations.Failing> failing =
                server.part(FailingDestinations.class).listOfAnyMerchant(LISTED);
        for (FailingDestinations.Failing one : failing) {
            say(
                    "webhooks",
                    Level.FAULT,
                    "'%s' of merchant %s at %s %s"
                            .formatted(
                                    one.name(),
                                    one.merchantId(),
                                    one.url(),
                                    one.disabledReason() == null
                                            ? "fails, and is tried again at "
                                                    + one.pausedUntil()
                                                    + ". Look at its deliveries."
                                            : "is disabled: "
                                                    + one.disabledReason()
                                                    + " Mend it, and enable it again."));
        }
        if (failing.isEmpty()) {
            say("webhooks", Level.OK, "no destination fails");
        }
    }
}
