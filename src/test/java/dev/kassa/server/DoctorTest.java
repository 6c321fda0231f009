package dev.kassa.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.database.Nodes;
import dev.kassa.testing.Await;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestCertificate;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kassa doctor} finds what is planted, each fault by itself, and nothing where all is well.
 */
class DoctorTest {
    @TempDir Path data;
    private final TestServer server = TestServer.start().withoutLoops();

    @AfterEach
    void stop() {
        server.close();
    }

    private List<Doctor.Finding> examine(Map<String, String> more) {
        return examine(more, InstantSource.system());
    }

    private List<Doctor.Finding> examine(Map<String, String> more, InstantSource clock) {
        Map<String, String> settings =
                new HashMap<>(TestServer.settings(server.databaseUrl(), data));
        settings.putAll(more);
        return Doctor.examine(Settings.load(settings, data.resolve("none")), clock);
    }

    private static void assertFault(List<Doctor.Finding> findings, String part, String text) {
        assertThat(findings)
                .filteredOn(one -> one.level() == Doctor.Level.FAULT)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.part()).isEqualTo(part);
                    assertThat(one.text()).contains(text);
                });
    }

    private void sql(String sql) {
        assertThat(server.jdbc.sql(sql).update()).as(sql).isPositive();
    }

    @Test
    void nothingWhereAllIsWell() {
        server.merchant();
        assertThat(examine(Map.of())).allMatch(one -> one.level() == Doctor.Level.OK);
        assertThat(examine(Map.of("KASSA_PUBLIC_URL", server.url().toString())))
                .allMatch(one -> one.level() == Doctor.Level.OK)
                .anyMatch(one -> one.text().endsWith(" answers"));
    }

    @Test
    void aSettingThatCannotBe() throws InterruptedException {
        try (KassaProcess doctor = KassaProcess.run(data, Map.of("KASSA_PORT", "abc"), "doctor")) {
            assertThat(doctor.endsWith(1))
                    .singleElement()
                    .asString()
                    .startsWith("fault    settings")
                    .contains("KASSA_PORT");
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswer() {
        assertFault(
                examine(Map.of("KASSA_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/kassa")),
                "database",
                "refused");
    }

    @Test
    void aDatabaseThatCouldLosePayments() {
        server.jdbc
                .sql(
                        """
                        do $$ begin execute format(
                            'alter database %I set synchronous_commit = off', current_database());
                        end $$
                        """)
                .update();
        assertFault(examine(Map.of()), "database", "synchronous_commit");
    }

    @Test
    void aDatabaseOfAnOlderVersion() {
        sql(
                """
                delete from flyway_schema_history where installed_rank = (
                    select max(installed_rank) from flyway_schema_history)
                """);
        assertFault(examine(Map.of()), "schema", "./kassa migrate");
    }

    @Test
    void aMasterKeyThatIsAnother() {
        assertFault(
                examine(Map.of("KASSA_MASTER_KEY", "another key, of thirty-two characters")),
                "master key",
                "is not the key");
    }

    @Test
    void aClockThatIsWrong() {
        InstantSource system = InstantSource.system();
        assertFault(
                examine(Map.of(), () -> system.instant().minus(Duration.ofMinutes(3))),
                "clocks",
                "behind");
    }

    @Test
    void aServerWhoseClockIsWrong() {
        MovableClock theirs = MovableClock.running();
        theirs.advance(Duration.ofMinutes(3));
        try (TestServer other = server.another(theirs)) {
            Await.until(
                    Duration.ofSeconds(20),
                    () ->
                            examine(Map.of()).stream()
                                    .anyMatch(one ->
                                            one.part().equals("clocks")
                                                    && one.level() == Doctor.Level.FAULT));
            assertFault(examine(Map.of()), "clocks", other.server.part(Nodes.class).me() + " is 1");
        }
    }

    @Test
    void deliveriesThatNobodySends() {
        TestMerchant merchant = server.merchant();
        var _ = TestDestination.create(merchant, "shop", URI.create("http://127.0.0.1:9/"));
        var _ = merchant.session(merchant.device());
        sql(
                "update delivery set queued_at = now() - interval '1 h', due_at = now() - interval '1 h'");
        assertFault(examine(Map.of()), "deliveries", "lag_seconds");
    }

    @Test
    void aProviderThatOwesAnAnswer() {
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        device.attach(merchant.session(device)).is(200);
        sql(
                "update attempt set unanswered_since = now() - interval '1 h', check_at = now() + interval '1 h'");
        assertFault(examine(Map.of()), "providers", "./kassa pending");
    }

    @Test
    void anEndpointThatIsGone() {
        var _ =
                TestDestination.create(
                        server.merchant(), "shop", URI.create("http://127.0.0.1:9/"));
        sql(
                "update destination set enabled = false, disabled_reason = 'The endpoint answered 410 Gone.'");
        assertFault(examine(Map.of()), "webhooks", "410");
    }

    @Test
    void anEndpointThatFails() {
        var _ =
                TestDestination.create(
                        server.merchant(), "shop", URI.create("http://127.0.0.1:9/"));
        sql("update lane set openings = 1, resume_at = now() + interval '1 h'");
        assertFault(examine(Map.of()), "webhooks", "tried again");
    }

    @Test
    void aPublicUrlThatLeadsNowhere() throws IOException {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        assertFault(
                examine(Map.of("KASSA_PUBLIC_URL", "http://127.0.0.1:" + closed)),
                "public URL",
                "cannot be reached");
    }

    @Test
    void aPublicUrlThatLeadsElsewhere() {
        assertFault(
                examine(Map.of("KASSA_PUBLIC_URL", server.url() + "/elsewhere")),
                "public URL",
                "answers 404");
    }

    @Test
    void aCertificateThatEnds() throws Exception {
        TestCertificate lasting = TestCertificate.create();
        TestCertificate ending = TestCertificate.create(7);
        Map<String, String> files = new HashMap<>();
        files.put("KASSA_TLS_KEY", lasting.writeKey(data.resolve("tls.key")).toString());
        files.put(
                "KASSA_TLS_CERTIFICATE",
                lasting.writeCertificate(data.resolve("tls.crt")).toString());
        assertThat(examine(files))
                .anyMatch(
                        one -> one.part().equals("certificate") && one.level() == Doctor.Level.OK);
        var _ = ending.writeCertificate(data.resolve("tls.crt"));
        assertFault(examine(files), "certificate", "KASSA_TLS_KEY");
        var _ = ending.writeKey(data.resolve("tls.key"));
        assertFault(examine(files), "certificate", "ends at");
    }

    @Test
    void aSecretThatOthersCanRead() throws IOException {
        Path key = Files.writeString(data.resolve("master.key"), "secret");
        var _ = Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertFault(examine(Map.of()), "data directory", "master.key");
    }

    @Test
    void aDataDirectoryThatIsNone() throws IOException {
        Path file = Files.writeString(data.resolve("file"), "");
        assertFault(
                examine(Map.of("KASSA_DATA_DIR", file.toString())),
                "data directory",
                "no directory");
    }
}
