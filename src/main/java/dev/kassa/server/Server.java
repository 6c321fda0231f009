package dev.kassa.server;

import dev.kassa.database.DataDirectory;
import dev.kassa.database.Database;
import dev.kassa.database.DatabaseSettings;
import dev.kassa.database.KeyRings;
import dev.kassa.http.HttpSettings;
import dev.kassa.http.PublicUrl;
import dev.kassa.http.TlsFiles;
import dev.kassa.kernel.MasterKey;
import dev.kassa.kernel.Mode;
import dev.kassa.kernel.Pause;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Vault;
import dev.kassa.merchant.PasswordSettings;
import dev.kassa.push.WakeUpSenders;
import dev.kassa.session.SessionTtl;
import dev.kassa.webhook.WebhookSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.beans.BeansException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/**
 * A running server: the lock on its data directory, its database and its HTTP port, taken in this
 * order and given back in the reverse one. Nothing is served before the database is migrated.
 */
public final class Server implements AutoCloseable {
    /** Served nowhere. */
    private static final int NO_PORT = -1;

    /** Left out unless traces are wanted: they would cost every request something. */
    private static final String TRACING =
            String.join(
                    ",",
                    MicrometerTracingAutoConfiguration.class.getName(),
                    OpenTelemetryTracingAutoConfiguration.class.getName(),
                    OpenTelemetrySdkAutoConfiguration.class.getName(),
                    OtlpTracingAutoConfiguration.class.getName());

    static {
        // logback.xml rules from the first line to the last; Spring would silence it when it stops.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private final DataDirectory directory;
    private final Database database;
    private final ConfigurableApplicationContext context;
    private final URI url;
    private final Duration stopDelay;
    private boolean closed;

    private Server(
            DataDirectory directory,
            Database database,
            ConfigurableApplicationContext context,
            URI url,
            Duration stopDelay) {
        this.directory = directory;
        this.database = database;
        this.context = context;
        this.url = url;
        this.stopDelay = stopDelay;
    }

    /** What Spring scans and configures. */
    @SpringBootApplication(proxyBeanMethods = false, scanBasePackages = "dev.kassa")
    static class Beans {}

    /** Starts a server; throws {@link Refusal} with one clear line when it cannot. */
    public static Server start(Settings settings, InstantSource clock) {
        settings.operation().logFormat().use();
        DataDirectory directory = DataDirectory.lock(settings.dataDirectory());
        try {
            refuseTakenPort(settings);
            TlsFiles tls = settings.http().tls();
            if (tls != null) {
                var _ = tls.check();
            }
            List<MasterKey> masters = MasterKeys.of(settings, directory.path());
            Database database = Database.open(settings.database(), directory.path(), clock);
            try {
                KeyRings rings = database.keyRings(masters);
                ConfigurableApplicationContext context = context(settings, clock, rings, database);
                try {
                    Server server =
                            new Server(
                                    directory,
                                    database,
                                    context,
                                    context.getBean(PublicUrl.class).get(),
                                    settings.operation().stopDelay());
                    server.seed(settings);
                    return server;
                } catch (RuntimeException e) {
                    context.close();
                    throw e;
                }
            } catch (RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** Tried first, since starting a database only to find the port taken would waste seconds. */
    private static void refuseTakenPort(Settings settings) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.bindAddress(), settings.port()));
        } catch (IOException | IllegalArgumentException e) {
            throw portRefusal(settings, e);
        }
    }

    private static Refusal portRefusal(Settings settings, Exception e) {
        return new Refusal(
                "Cannot listen on "
                        + settings.bindAddress()
                        + ":"
                        + settings.port()
                        + " ("
                        + e.getMessage()
                        + "). End what uses the port, or set KASSA_PORT to another.",
                e);
    }

    private static ConfigurableApplicationContext context(
            Settings settings, InstantSource clock, KeyRings rings, Database database) {
        WakeUpSenders wakeUps = new WakeUpSenders(settings.wakeUps());
        SpringApplication application = new SpringApplication(Beans.class);
        application.setRegisterShutdownHook(false);
        Map<String, Object> properties = properties(settings);
        TlsFiles tls = settings.http().tls();
        if (tls != null) {
            properties.putAll(tls.properties());
        }
        application.setDefaultProperties(properties);
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            register(beans, settings, clock, database.dataSource());
            beans.registerBean(
                    Database.class,
                    () -> database,
                    definition -> definition.setDestroyMethodName(""));
            beans.registerBean(HttpSettings.class, settings::http);
            beans.registerBean(KeyRings.class, () -> rings);
            beans.registerBean(Vault.class, rings::vault);
            beans.registerBean(WakeUpSenders.class, () -> wakeUps);
        });
        try {
            return application.run();
        } catch (PortInUseException e) {
            throw portRefusal(settings, e);
        } catch (BeansException e) {
            throw new IllegalStateException("the server's parts do not fit together", e);
        }
    }

    /** What every part may ask for, in a server and in a command beside one. */
    static void register(
            GenericApplicationContext beans,
            Settings settings,
            InstantSource clock,
            DataSource dataSource) {
        // The pool is ours to close, after Spring's beans are gone.
        beans.registerBean(
                DataSource.class,
                () -> dataSource,
                definition -> definition.setDestroyMethodName(""));
        beans.registerBean(DatabaseSettings.class, settings::database);
        beans.registerBean(InstantSource.class, () -> clock);
        beans.registerBean(Mode.class, settings::mode);
        beans.registerBean(WebhookSettings.class, settings::webhooks);
        beans.registerBean(PasswordSettings.class, settings::passwords);
        beans.registerBean(
                PublicUrl.class,
                () ->
                        new PublicUrl(
                                settings.publicUrl(),
                                settings.http().tls() == null ? "http" : "https",
                                settings.bindAddress()));
        beans.registerBean(SessionTtl.class, () -> new SessionTtl(settings.sessionTtl()));
    }

    static Map<String, Object> properties(Settings settings) {
        Settings.Operation operation = settings.operation();
        Map<String, Object> properties = new HashMap<>();
        properties.put("server.port", settings.port());
        properties.put("server.address", settings.bindAddress());
        properties.put("server.tomcat.max-connections", settings.http().connections());
        properties.put("kassa.mode", settings.mode().name());
        Integer management = operation.managementPort();
        properties.put("management.server.port", management == null ? NO_PORT : management);
        properties.put("management.server.address", operation.managementAddress());
        properties.put(
                "management.observations.enable.http.server.requests",
                management != null || operation.tracesUrl() != null);
        if (operation.tracesUrl() == null) {
            properties.put("spring.autoconfigure.exclude", TRACING);
        } else {
            properties.put(
                    "management.opentelemetry.tracing.export.otlp.endpoint",
                    operation.tracesUrl().toString());
        }
        return properties;
    }

    private void seed(Settings settings) {
        if (settings.mode() == Mode.PLAYGROUND) {
            context.getBean(PlaygroundSeed.class)
                    .ensure(directory.path(), url, settings.webhookUrl());
        }
    }

    /** Where clients reach it. */
    public URI url() {
        return url;
    }

    /** Its data directory, absolute. */
    public Path dataDirectory() {
        return directory.path();
    }

    /** Where its database is, for a person. */
    public String database() {
        return database.description();
    }

    /** One of its parts, for a test that moves the clock or runs a worker by hand. */
    public <T> T part(Class<T> type) {
        return context.getBean(type);
    }

    /**
     * Says that it is not ready for as long as the load balancer takes to notice, finishes what is
     * under way, then stops in the reverse order of the start. Safe to repeat.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (stopDelay.isPositive()) {
            AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
            Pause.of(stopDelay);
        }
        context.close();
        database.close();
        directory.close();
    }
}
