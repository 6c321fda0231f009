package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.access.AuditLog;
import dev.kassa.access.Role;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.Vault;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Keys are replaced beside running servers, by {@code ./kassa master-key rotate}. */
class KeyRotationTest {
    private static final String OLD = "the old master key of all servers here";
    private static final String NEW = "the new master key of all servers here";
    private static final URI NOWHERE = URI.create("http://127.0.0.1:9/hook");

    private final String database = TestPostgres.newDatabase();

    private Map<String, String> settings(String master, String... previous) {
        Map<String, String> settings =
                new HashMap<>(TestServer.settings(database, TestServer.temporary()));
        settings.put("KASSA_MASTER_KEY", master);
        Stream.of(previous).forEach(key -> settings.put("KASSA_MASTER_KEY_PREVIOUS", key));
        return settings;
    }

    private static KassaProcess process(Map<String, String> settings, String... more) {
        List<String> command = new ArrayList<>(List.of("master-key", "rotate", "--json"));
        command.addAll(List.of(more));
        return KassaProcess.run(TestServer.temporary(), settings, command.toArray(String[]::new));
    }

    private static String rotate(Map<String, String> settings, String... more) throws Exception {
        try (KassaProcess process = process(settings, more)) {
            return process.endsWith(0).getLast();
        }
    }

    private static List<String> prefixes(TestServer server) {
        return server.texts(
                "select distinct split_part(secret, ':', 1) from destination where name > ?", "");
    }

    /** Two servers with the same clock, load on both, and two rotations of all kinds meanwhile. */
    @Test
    void noRequestFailsAndNoDeliveryIsSignedWronglyUnderLoad() throws Exception {
        try (TestServer one = TestServer.start(settings(OLD));
                TestServer two = TestServer.start(settings(OLD));
                Endpoint endpoint = Endpoint.open(Endpoint.status(204))) {
            TestMerchant merchant = one.merchant();
            List<TestClient> clients =
                    List.of(
                            merchant.api(),
                            new TestClient(two.url(), "Basic " + merchant.key().key()));
            List<TestDestination> loaded = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loaded.add(TestDestination.create(merchant, "loaded " + i, endpoint.url()));
            }
            PortalClient ada = PortalClient.signedIn(merchant, Role.OWNER);
            Authenticator phone = Authenticator.of(ada, one.clock);
            AtomicBoolean ended = new AtomicBoolean();
            List<String> faults = new CopyOnWriteArrayList<>();
            List<Thread> load =
                    clients.stream()
                            .map(client ->
                                    Thread.startVirtualThread(
                                            () -> load(client, loaded, ended, faults)))
                            .toList();
            for (int i = 0; i < 2; i++) {
                assertThat(rotate(settings(OLD), "--data-key")).contains("\"unreadable\":0");
                assertThat(prefixes(one)).hasSize(1);
                assertThat(
                                one.texts(
                                        "select split_part(sealed_secret, ':', 1) from portal_totp"
                                                + " where user_name = ?",
                                        ada.email))
                        .isEqualTo(prefixes(one));
            }
            one.clock.advance(Duration.ofSeconds(30));
            assertThat(ada.signIn(PortalClient.PASSWORD).statusCode()).isEqualTo(302);
            assertThat(ada.post("/portal/login/code", Map.of("code", phone.code())).statusCode())
                    .as("the app's secret opens under the newest key")
                    .isEqualTo(302);
            ended.set(true);
            for (Thread thread : load) {
                thread.join();
            }
            assertThat(faults).isEmpty();
            Await.until(
                    "deliveries on both sides of the rotations",
                    TestDestination.PATIENCE,
                    () -> endpoint.received.size() > 100);
            for (Endpoint.Request request : endpoint.received) {
                assertThat(signedByOne(request, loaded)).isTrue();
            }
            assertThat(
                            one.count(
                                    "select count(*) from delivery_attempt where error like ?",
                                    "%secret%"))
                    .isZero();
        }
    }

    private static boolean signedByOne(Endpoint.Request request, List<TestDestination> all)
            throws Exception {
        for (TestDestination destination : all) {
            if (request.isSignedWith(destination.secret())) {
                return true;
            }
        }
        return false;
    }

    private static void load(
            TestClient client,
            List<TestDestination> loaded,
            AtomicBoolean ended,
            List<String> faults) {
        int n = 0;
        try {
            while (!ended.get()) {
                String name = client.hashCode() + " " + n++;
                String made =
                        client.post(
                                        TestDestination.PATH,
                                        TestDestination.wish(name, NOWHERE.toString(), ""))
                                .is(201)
                                .text("secret");
                String path = "";
                for (var each : client.get(TestDestination.PATH).is(200).json().path("content")) {
                    if (each.path("name").asString().equals(name)) {
                        path = TestDestination.PATH + "/" + each.path("id").asString();
                    }
                }
                assertThat(client.post(path + "/reveal", "").is(200).text("secret"))
                        .isEqualTo(made);
                client.post(path + "/rotate", "").is(200);
                client.delete(path).is(204);
                client.post(loaded.get(n % loaded.size()).path() + "/test", "").is(202);
            }
        } catch (AssertionError | RuntimeException e) {
            faults.add(String.valueOf(e));
        }
    }

    /** Both know both keys before the ring is encrypted by the new one. */
    @Test
    void twoServersGetANewMasterKeyOneByOne() throws Exception {
        TestServer one = TestServer.start(settings(OLD));
        TestServer two = TestServer.start(settings(OLD));
        try {
            TestMerchant merchant = one.merchant();
            TestDestination shop = TestDestination.create(merchant, "shop", NOWHERE);
            assertThatThrownBy(() -> TestServer.start(settings(NEW)))
                    .as("before its time")
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("KASSA_MASTER_KEY_PREVIOUS")
                    .hasMessageNotContaining(NEW);
            one.close();
            one = TestServer.start(settings(NEW, OLD));
            assertThat(rotate(settings(OLD), "--data-key")).contains("\"sealed\":1");
            two.close();
            two = TestServer.start(settings(NEW, OLD));
            assertThat(rotate(settings(NEW, OLD))).isEqualTo("{\"changed\":true}");
            assertThat(rotate(settings(NEW, OLD))).isEqualTo("{\"changed\":false}");
            assertThat(rotate(settings(NEW), "--data-key")).contains("\"sealed\":1");
            assertThat(two.server.part(AuditLog.class).readOfAnyMerchant(null, 0, 1000))
                    .filteredOn(line -> line.subject().equals("key_ring"))
                    .allMatch(line -> line.actor().startsWith("operator:"))
                    .extracting(AuditLog.Line::action)
                    .containsExactly(
                            "keyring.key_added", "keyring.encrypted_anew", "keyring.key_added");
            TestClient client = new TestClient(two.url(), "Basic " + merchant.key().key());
            assertThat(client.post(shop.path() + "/reveal", "").is(200).text("secret"))
                    .isEqualTo(shop.secret());
            two.close();
            two = TestServer.start(settings(NEW));
            assertThatThrownBy(() -> TestServer.start(settings(OLD)))
                    .as("after its time")
                    .isInstanceOf(Refusal.class);
        } finally {
            one.close();
            two.close();
        }
    }

    @Test
    void aRotationThatWasKilledIsFinishedByAnother() throws Exception {
        try (TestServer server = TestServer.start(settings(OLD))) {
            TestMerchant merchant = server.merchant();
            List<TestDestination> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(TestDestination.create(merchant, "shop " + i, NOWHERE));
            }
            try (Connection connection = server.server.part(DataSource.class).getConnection()) {
                connection.setAutoCommit(false);
                var _ =
                        connection
                                .createStatement()
                                .executeQuery(
                                        "select from destination where name = 'shop 5' for update");
                try (KassaProcess rotation = process(settings(OLD), "--data-key")) {
                    Await.until(
                            "half of it",
                            Duration.ofMinutes(1),
                            () -> prefixes(server).size() == 2);
                    rotation.kill();
                }
                connection.rollback();
            }
            Vault vault = server.server.part(Vault.class);
            assertThat(prefixes(server)).hasSize(2);
            for (TestDestination one : all) {
                assertThat(vault.open(row(one), sealed(server, one))).isEqualTo(one.secret());
            }
            assertThat(rotate(settings(OLD), "--data-key")).contains("\"sealed\":10");
            assertThat(prefixes(server)).hasSize(1);
            for (TestDestination one : all) {
                assertThat(vault.open(row(one), sealed(server, one))).isEqualTo(one.secret());
            }
        }
    }

    /** Keys that were replaced for longer than an idempotency key lives. */
    @Test
    void keysThatNothingNeedsAreDropped() throws Exception {
        try (TestServer server = TestServer.start(settings(OLD))) {
            TestDestination shop = TestDestination.create(server.merchant(), "shop", NOWHERE);
            assertThat(rotate(settings(OLD), "--data-key")).contains("\"dropped_keys\":0");
            assertThat(
                            server.jdbc
                                    .sql(
                                            "update key_ring set data_key_since = now() - interval '3 d'")
                                    .update())
                    .isOne();
            assertThat(rotate(settings(OLD), "--data-key")).contains("\"dropped_keys\":1");
            Vault vault = server.server.part(Vault.class);
            assertThat(vault.open(row(shop), sealed(server, shop))).isEqualTo(shop.secret());
        }
    }

    /** A ciphertext that somebody copies inside the database signs nothing. */
    @Test
    void aSecretOfAnotherMerchantDoesNotOpen() {
        try (TestServer server = TestServer.start(settings(OLD));
                Endpoint endpoint = Endpoint.open(Endpoint.status(204))) {
            TestDestination theirs =
                    TestDestination.create(server.merchant(), "theirs", endpoint.url());
            TestMerchant merchant = server.merchant();
            TestDestination ours = TestDestination.create(merchant, "ours", endpoint.url());
            merchant.api().post(ours.path() + "/test", "").is(202);
            endpoint.receives(1);
            assertThat(
                            server.jdbc
                                    .sql(
                                            """
                                            update destination set secret = (select secret
                                                from destination where name = 'theirs')
                                            where name = 'ours'
                                            """)
                                    .update())
                    .isOne();
            Vault vault = server.server.part(Vault.class);
            assertThatThrownBy(() -> vault.open(row(ours), sealed(server, ours)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(vault.open(row(theirs), sealed(server, ours))).isEqualTo(theirs.secret());
            assertThat(server.jdbc.sql("update lane set changed_at = clock_timestamp()").update())
                    .isEqualTo(2);
            theirs.merchant().api().post(theirs.path() + "/test", "").is(202);
            endpoint.receives(2);
            merchant.api().post(ours.path() + "/test", "").is(202);
            Await.until(
                    "the failed try",
                    TestDestination.PATIENCE,
                    () ->
                            server.count(
                                            "select count(*) from delivery_attempt where error = ?",
                                            "the secret cannot be read")
                                    == 1);
            assertThat(endpoint.received).hasSize(2);
        }
    }

    private static Vault.Row row(TestDestination destination) {
        return new Vault.Row("destination", destination.merchant().id().value(), destination.id());
    }

    private static String sealed(TestServer server, TestDestination destination) {
        return server.texts(
                        "select secret from destination where destination_id = ?::uuid",
                        destination.id())
                .getFirst();
    }
}
