package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody holds the row of a device or an order locked. Requests for it, many more than there are
 * connections, are refused with words; everybody else, of the same merchant and of others, is
 * served meanwhile, and at most two connections wait.
 */
class LockedRowTest {
    private static final int REQUESTS = 40;

    private static final TestServer SERVER =
            TestServer.start(Map.of("KASSA_DATABASE_LOCK_TIMEOUT", "1s"));

    private final TestServer server = SERVER;
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final TestMerchant.TestDevice free = merchant.device();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    /** A connection beside the server's pool. */
    private Connection beside() throws SQLException {
        DatabaseSettings.Login login =
                Objects.requireNonNull(server.server.part(DatabaseSettings.class).login());
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    /** What asks for the locked row: each in its own way through the server. */
    enum Ask {
        CREATE("device"),
        CREATE_UNDER_A_KEY("device"),
        ATTACH("device"),
        CANCEL("device"),
        REPLACE_THE_DEVICE("device"),
        REPLACE_THE_DEVICE_UNDER_A_KEY("device"),
        REFUND("orders");

        final String table;

        Ask(String table) {
            this.table = table;
        }
    }

    static Stream<Ask> asks() {
        return Stream.of(Ask.values());
    }

    private HttpRequest.Builder json(String method, String path, String body) {
        return merchant.api()
                .request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpRequest.Builder once(HttpRequest.Builder request) {
        return request.header("Idempotency-Key", UUID.randomUUID().toString());
    }

    private HttpRequest.Builder request(Ask ask, String id) {
        String cart = TestMerchant.cart(device.id());
        String till = "{\"name\": \"Till 2\", \"metadata\": {}}";
        String replaced = "/ipp/v1/devices/" + device.id();
        return switch (ask) {
            case CREATE -> json("POST", "/ipp/v1/sessions", cart);
            case CREATE_UNDER_A_KEY -> once(json("POST", "/ipp/v1/sessions", cart));
            case ATTACH ->
                    device.api()
                            .request("/pos/v1/sessions/" + id + "/payments")
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"method\":\"tap_to_pay\"}"));
            case CANCEL -> json("PUT", "/ipp/v1/sessions/" + id + "/cancel", "");
            case REPLACE_THE_DEVICE -> json("PUT", replaced, till);
            case REPLACE_THE_DEVICE_UNDER_A_KEY -> once(json("PUT", replaced, till));
            case REFUND ->
                    json(
                            "POST",
                            "/ordermanagement/v1/orders/" + id + "/refunds",
                            "{\"refunded_amount\": 100}");
        };
    }

    /** A session for the verbs that need one; a paid one's order for a refund. */
    private String prepare(Ask ask) {
        String session = merchant.session(device);
        return ask == Ask.REFUND
                ? merchant.tap(session, "SUCCESS").is(200).text("order_id")
                : session;
    }

    @ParameterizedTest
    @MethodSource("asks")
    void delaysThoseWhoAskForItAlone(Ask ask) throws Exception {
        String id = prepare(ask);
        Supplier<HttpResponse<String>> request = () -> merchant.api().plain(request(ask, id));
        TestMerchant other = server.merchant();
        TestMerchant.TestDevice others = other.device();
        HikariDataSource pool = server.server.part(DataSource.class).unwrap(HikariDataSource.class);
        List<Future<HttpResponse<String>>> refused = new ArrayList<>();
        try (Connection holder = beside();
                var statement = holder.createStatement();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lock(ask, id, statement);
            for (int i = 0; i < REQUESTS; i++) {
                refused.add(threads.submit(request::get));
            }
            Await.until(Duration.ofSeconds(10), () -> waiting() > 0);
            for (int i = 0; i < 20; i++) {
                assertThat(merchant.status(merchant.session(free))).isEqualTo("CREATED");
                assertThat(other.status(other.session(others))).isEqualTo("CREATED");
                assertThat(waiting()).as("connections that wait").isLessThanOrEqualTo(2);
                assertThat(pool.getHikariPoolMXBean().getThreadsAwaitingConnection()).isZero();
            }
            for (Future<HttpResponse<String>> one : refused) {
                assertThat(one.get().statusCode()).isEqualTo(503);
                assertThat(one.get().headers().firstValue("Retry-After")).isPresent();
                assertThat(one.get().body()).contains("working on");
            }
            holder.rollback();
        }
        Await.until(Duration.ofSeconds(10), () -> request.get().statusCode() < 300);
    }

    /** Holds the row that the request wants, until the statement's connection rolls back. */
    private void lock(Ask ask, String id, Statement statement) throws SQLException {
        String row = ask == Ask.REFUND ? id : device.id();
        String key = ask == Ask.REFUND ? "order_id" : "device_id";
        statement.getConnection().setAutoCommit(false);
        assertThat(
                        statement.execute(
                                "select from %s where %s = '%s' for update"
                                        .formatted(ask.table, key, row)))
                .isTrue();
    }

    /** Another merchant who knows the id does not even wait, and so holds nobody up. */
    @ParameterizedTest
    @MethodSource("asks")
    void aStrangerWhoKnowsTheIdDoesNotWaitForIt(Ask ask) throws Exception {
        String id = prepare(ask);
        TestMerchant stranger = server.merchant();
        TestClient api = ask == Ask.ATTACH ? stranger.device().api() : stranger.api();
        HttpRequest.Builder theirs =
                request(ask, id).setHeader("Authorization", api.authorization());
        try (Connection holder = beside();
                var statement = holder.createStatement()) {
            lock(ask, id, statement);
            assertThat(api.plain(theirs).statusCode()).as("503 had it waited").isEqualTo(404);
        }
    }

    private long waiting() {
        return server.jdbc
                .sql(
                        """
                        select count(*) from pg_stat_activity
                        where datname = current_database() and wait_event_type = 'Lock'
                        """)
                .query(Long.class)
                .single();
    }

    /** The burst that a normal day brings: all are served, one after the other. */
    @ParameterizedTest
    @MethodSource("keys")
    void aBurstForOneDeviceIsServed(Map<String, String> headers) throws Exception {
        List<Integer> statuses =
                AtOnce.run(
                        24,
                        number -> {
                            HttpRequest.Builder create =
                                    json(
                                            "POST",
                                            "/ipp/v1/sessions",
                                            TestMerchant.cart(device.id()));
                            headers.forEach((name, value) -> create.header(name, value + number));
                            return merchant.api().plain(create).statusCode();
                        });
        assertThat(statuses).hasSize(24).containsOnly(200);
    }

    static Stream<Map<String, String>> keys() {
        return Stream.of(Map.of(), Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }
}
