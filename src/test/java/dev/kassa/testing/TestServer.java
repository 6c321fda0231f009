package dev.kassa.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.database.DatabaseSettings;
import dev.kassa.http.Operation;
import dev.kassa.http.PublicUrl;
import dev.kassa.kernel.Limits;
import dev.kassa.location.Locations;
import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.Merchant;
import dev.kassa.merchant.Merchants;
import dev.kassa.payment.ProviderChecks;
import dev.kassa.server.BackgroundWork;
import dev.kassa.server.Server;
import dev.kassa.server.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** A server of its own database on a free port, with a clock that a test can move. */
public final class TestServer implements AutoCloseable {
    /** All servers on a database have one. */
    public static final String MASTER_KEY = "the master key of all servers of the tests";

    private static final class Shared {
        static final TestServer SERVER = start();
    }

    public final MovableClock clock;
    public final Server server;
    public final JdbcClient jdbc;
    private final Map<String, String> settings;
    private final URI url;

    private TestServer(Map<String, String> settings, MovableClock clock) {
        this.settings = settings;
        this.clock = clock;
        server = Server.start(Settings.load(settings, Path.of("none.properties")), clock);
        jdbc = JdbcClient.create(server.part(DataSource.class));
        url = server.part(PublicUrl.class).local();
    }

    /** One for all tests that need no clock or settings of their own. */
    public static TestServer shared() {
        return Shared.SERVER;
    }

    public static TestServer start() {
        return start(MovableClock.running());
    }

    public static TestServer start(MovableClock clock) {
        return new TestServer(settings(TestPostgres.newDatabase(), temporary()), clock);
    }

    /** Stops it and starts it again on the same database, with the same clock. */
    public TestServer restart() {
        close();
        return new TestServer(settings, clock);
    }

    /** Ends its background loops, so that nothing happens but what the test does. */
    public TestServer withoutLoops() {
        BackgroundWork.stop(server);
        return this;
    }

    /** With further settings. */
    public static TestServer start(Map<String, String> more) {
        Map<String, String> settings =
                new HashMap<>(settings(TestPostgres.newDatabase(), temporary()));
        settings.putAll(more);
        return new TestServer(settings, MovableClock.running());
    }

    /** A further server on the same database, with the same clock: another node. */
    public TestServer another() {
        return another(clock);
    }

    /** One whose clock is another. */
    public TestServer another(MovableClock theirs) {
        return new TestServer(settings(databaseUrl(), temporary()), theirs);
    }

    /** One with further settings. */
    public TestServer another(Map<String, String> more) {
        Map<String, String> theirs = new HashMap<>(settings(databaseUrl(), temporary()));
        theirs.putAll(more);
        return new TestServer(theirs, clock);
    }

    public String databaseUrl() {
        return Objects.requireNonNull(server.part(DatabaseSettings.class).login()).url();
    }

    /** What a server on this database is started with. */
    public static Map<String, String> settings(String databaseUrl, Path dataDirectory) {
        return Map.of(
                "KASSA_PORT",
                "0",
                "KASSA_DATA_DIR",
                dataDirectory.toString(),
                "KASSA_DATABASE_URL",
                databaseUrl,
                "KASSA_DATABASE_USER",
                "postgres",
                "KASSA_MASTER_KEY",
                MASTER_KEY);
    }

    public static Path temporary() {
        try {
            return Files.createTempDirectory("kassa-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI url() {
        return url;
    }

    /** A new merchant with one location and a key. */
    public TestMerchant merchant() {
        Merchant merchant = server.part(Merchants.class).create("Test");
        var location = server.part(Locations.class).create(merchant.id(), "My Store", "SE");
        ApiKey key = server.part(ApiKeys.class).issue(merchant.id());
        return new TestMerchant(this, merchant.id(), location, key);
    }

    /** The largest body, in bytes, that the operation of {@code "POST /path/{id}"} declares. */
    public int bodyLimit(String route) {
        for (var handler :
                server.part(RequestMappingHandlerMapping.class).getHandlerMethods().entrySet()) {
            boolean serves =
                    handler.getKey().getMethodsCondition().getMethods().stream()
                            .flatMap(method ->
                                    handler.getKey().getPatternValues().stream()
                                            .map(path -> method + " " + path))
                            .anyMatch(route::equals);
            if (serves) {
                Operation declared = handler.getValue().getMethodAnnotation(Operation.class);
                return declared == null ? Limits.BODY_BYTES : declared.bodyBytes();
            }
        }
        throw new IllegalArgumentException("no operation " + route);
    }

    /** Trades a code for a device, as an app on this phone does. */
    public Answer pair(String code, String hardwareId) {
        return new TestClient(url(), null).pair(code, hardwareId);
    }

    /** The first column of every row, for one text parameter. */
    public List<String> texts(String sql, String parameter) {
        return jdbc.sql(sql)
                .param(parameter)
                .query((row, n) -> String.valueOf(row.getString(1)))
                .list();
    }

    /** The number that a query answers, for one text parameter. */
    public long count(String sql, String parameter) {
        return Long.parseLong(texts(sql, parameter).getFirst());
    }

    /** Has a background worker do what is due now; {@code Workers} has the names. */
    public void run(String worker) {
        BackgroundWork.run(server, worker);
    }

    /** Asks providers about all that is due and has room, and waits for what comes of it. */
    public void reconcile() {
        run("reconciler");
        ProviderChecks.await(server, Duration.ofSeconds(60));
    }

    /** Gives a table another name, so that what needs it fails. */
    public void rename(String table, String name) {
        var _ = jdbc.sql("alter table " + table + " rename to " + name).update();
    }

    /** Makes the simulated acquirer believe that the card was taken, and Kassa none the wiser. */
    public void approveAtTheAcquirer(String attempt) {
        int tapped =
                jdbc.sql(
                                """
                                update simulator_payment set status = 'APPROVED'
                                where idempotency_key = ?::uuid and status = 'AWAITING_CARD'
                                """)
                        .param(attempt)
                        .update();
        assertThat(tapped).isOne();
    }

    @Override
    public void close() {
        server.close();
    }
}
