package dev.kassa.server;

import dev.kassa.access.Actor;
import dev.kassa.access.Principal;
import dev.kassa.database.DatabaseSettings;
import dev.kassa.database.KeyRings;
import dev.kassa.database.RunningEmbedded;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Vault;
import dev.kassa.push.WakeUpSenders;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The parts of a server for a command that works on its database, whether the server runs or not:
 * no port, no background loop, no migration. Only what the command asks for is made.
 */
public final class BesideServer implements AutoCloseable {
    private static final Map<String, String> HEALTH =
            Map.of(
                    "deliveryLag", "deliveries",
                    "reconcilerLag", "payments",
                    "movementLag", "refunds",
                    "pendingAge", "providers");

    private final ConfigurableApplicationContext context;
    private final Principal.Scope operator;

    private BesideServer(ConfigurableApplicationContext context) {
        this.context = context;
        this.operator = Principal.as(null, new Actor(Actor.Kind.OPERATOR, person()));
    }

    /** Who sits at the command line, also where sudo made another user of that person. */
    private static String person() {
        String caller = System.getenv("SUDO_USER");
        return caller == null || caller.isBlank()
                ? System.getProperty("user.name", "unknown")
                : caller;
    }

    /**
     * Opens the database of these settings; that of an embedded one while its server runs.
     *
     * @throws Refusal when it does not answer, or is not of this version
     */
    public static BesideServer open(Settings settings) {
        DataSource dataSource = dataSource(settings);
        check(dataSource);
        SpringApplication application = new SpringApplication(Server.Beans.class);
        application.setRegisterShutdownHook(false);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLazyInitialization(true);
        Map<String, Object> properties = new HashMap<>(Server.properties(settings));
        // It would make all parts of the health, and with them half a server.
        properties.put("management.endpoint.health.validate-group-membership", false);
        // A collection of garbage that is measured while the parts go would make others of them.
        properties.put("management.metrics.enable.all", false);
        application.setDefaultProperties(properties);
        application.addInitializers(context -> {
            GenericApplicationContext beans = (GenericApplicationContext) context;
            Server.register(beans, settings, InstantSource.system(), dataSource);
            beans.registerBean(
                    KeyRings.class,
                    () ->
                            KeyRings.open(
                                    dataSource, MasterKeys.of(settings, settings.dataDirectory())));
            beans.registerBean(Vault.class, () -> beans.getBean(KeyRings.class).vault());
            beans.registerBean(WakeUpSenders.class, () -> new WakeUpSenders(settings.wakeUps()));
        });
        return new BesideServer(application.run());
    }

    private static DataSource dataSource(Settings settings) {
        DatabaseSettings.Login own = settings.database().login();
        DatabaseSettings.Login login =
                own == null
                        ? new DatabaseSettings.Login(embedded(settings), RunningEmbedded.USER, "")
                        : own;
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("ApplicationName", "kassa command");
        return new DriverManagerDataSource(login.url(), properties);
    }

    private static String embedded(Settings settings) {
        try {
            return RunningEmbedded.jdbcUrl(settings.dataDirectory())
                    .orElseThrow(() -> notRunning(settings, null));
        } catch (IOException e) {
            throw notRunning(settings, e);
        }
    }

    private static Refusal notRunning(Settings settings, @Nullable IOException e) {
        String text =
                "No embedded database runs in "
                        + settings.dataDirectory().toAbsolutePath().normalize()
                        + (e == null ? "" : " (" + e + ")")
                        + ". It runs while its server does: ./kassa start. For another database set"
                        + " KASSA_DATABASE_URL, or KASSA_DATA_DIR for another directory.";
        return e == null ? new Refusal(text) : new Refusal(text, e);
    }

    /** Only a server migrates: others may be at work on the older tables. */
    private static void check(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection()) {
            var _ = connection.isValid(10);
        } catch (SQLException e) {
            throw new Refusal(
                    "The database does not answer: "
                            + e.getMessage()
                            + " Check KASSA_DATABASE_URL, KASSA_DATABASE_USER and"
                            + " KASSA_DATABASE_PASSWORD.",
                    e);
        }
        if (Flyway.configure().dataSource(dataSource).load().info().pending().length > 0) {
            throw new Refusal(
                    "The database is of an older version than this command, or empty. ./kassa migrate"
                            + " brings it up to date, and so does the start of a server.");
        }
    }

    /** All of it or nothing. */
    public <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(part(TransactionTemplate.class).execute(_ -> work.get()));
    }

    /** All parts of a kind. */
    public <T> List<T> parts(Class<T> type) {
        return context.getBeanProvider(type).orderedStream().toList();
    }

    /** What Kassa's own parts say of their health, by name. */
    Map<String, HealthIndicator> health() {
        Map<String, HealthIndicator> own = new TreeMap<>();
        HEALTH.forEach((bean, part) -> own.put(part, context.getBean(bean, HealthIndicator.class)));
        return own;
    }

    /**
     * A part of it, made when it is first asked for.
     *
     * @throws Refusal when it cannot be made: the master key is another, say
     */
    public <T> T part(Class<T> type) {
        try {
            return context.getBean(type);
        } catch (BeansException e) {
            throw Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                    .filter(Refusal.class::isInstance)
                    .findFirst()
                    .<RuntimeException>map(Refusal.class::cast)
                    .orElse(e);
        }
    }

    /** Without telling the parts of it: that would make those that nobody asked for. */
    @Override
    public void close() {
        operator.close();
        context.getBeanFactory().destroySingletons();
    }
}
