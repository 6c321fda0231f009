package dev.kassa.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.database.Nodes;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * I5 with two servers on one database, one of them killed midway: every event reaches every
 * destination. {@code -Dkassa.nodes.events=10000} is the long form; it also waits for the lease
 * instead of moving the dead server's last sign of life.
 */
class TwoNodesDeliveryTest {
    private static final int EVENTS = Integer.getInteger("kassa.nodes.events", 1500);

    /** Each has a limit of open sessions. */
    private static final int DEVICES = Math.max(16, EVENTS / 50);

    private static final int DESTINATIONS = 3;
    private static final int TILLS = 8;

    /** Of two lanes; {@code Lane.UNWRITTEN} is 128. */
    private static final int UNWRITTEN = 2 * 128;

    @Test
    void whatAKilledServerLeftIsDeliveredByTheOther() throws Exception {
        Map<String, String> settings =
                new HashMap<>(
                        TestServer.settings(TestPostgres.newDatabase(), TestServer.temporary()));
        settings.put("KASSA_MASTER_KEY", "the key that both of them know".repeat(2));
        List<Endpoint> endpoints = new ArrayList<>();
        try (TestServer survivor = TestServer.start(settings)) {
            TestMerchant merchant = survivor.merchant();
            for (int i = 0; i < DESTINATIONS; i++) {
                Endpoint endpoint = Endpoint.open(Endpoint.status(204));
                endpoints.add(endpoint);
                TestDestination.create(merchant, "destination " + i, endpoint.url());
            }
            settings.remove("KASSA_DATA_DIR");
            try (KassaProcess victim =
                    KassaProcess.run(TestServer.temporary(), settings, "start")) {
                victim.awaitLine("Ctrl-C stops it");
                Await.until("both at work", TestDestination.PATIENCE, () -> owners(survivor) == 2);
                run(survivor, merchant, endpoints, victim);
            }
        } finally {
            endpoints.forEach(Endpoint::close);
        }
    }

    private static long owners(TestServer server) {
        return server.count("select count(distinct owner) from lane where owner::text > ?", "");
    }

    private static int received(List<Endpoint> endpoints) {
        return endpoints.stream().mapToInt(endpoint -> endpoint.received.size()).sum();
    }

    private static void run(
            TestServer survivor,
            TestMerchant merchant,
            List<Endpoint> endpoints,
            KassaProcess victim)
            throws Exception {
        List<TestMerchant.TestDevice> devices =
                IntStream.range(0, DEVICES).mapToObj(i -> merchant.device()).toList();
        FutureTask<Integer> kill =
                new FutureTask<>(() -> {
                    Await.until(
                            "a third is delivered",
                            Duration.ofMinutes(2),
                            () -> received(endpoints) >= EVENTS);
                    victim.kill();
                    return received(endpoints);
                });
        var _ = Thread.ofPlatform().start(kill);
        var _ =
                AtOnce.run(
                        TILLS,
                        till -> {
                            for (int i = till; i < EVENTS; i += TILLS) {
                                assertThat(merchant.session(devices.get(i % DEVICES))).isNotEmpty();
                            }
                            return till;
                        });
        int atTheKill = kill.get();
        if (EVENTS < 10_000) {
            silenceTheDead(survivor);
        }
        Await.until(
                "all is delivered",
                Duration.ofMinutes(2),
                () -> endpoints.stream().allMatch(endpoint -> ids(endpoint).size() == EVENTS));
        int duplicates = received(endpoints) - EVENTS * DESTINATIONS;
        System.out.printf(
                Locale.ROOT,
                "TwoNodesTest: %d events, %d destinations, killed after %d requests: all delivered,"
                        + " %d twice%n",
                EVENTS,
                DESTINATIONS,
                atTheKill,
                duplicates);
        // Per kill, not per event: what two lanes can have had under way or not yet written down.
        assertThat(duplicates).isBetween(0, Math.max(EVENTS * DESTINATIONS / 100, UNWRITTEN));
    }

    /** As if the lease had run out: it is the database's clock that times it. */
    private static void silenceTheDead(TestServer survivor) {
        String me = survivor.server.part(Nodes.class).me().toString();
        var _ =
                survivor.jdbc
                        .sql(
                                """
                                update node set alive_at = alive_at - interval '20 s'
                                where node_id <> ?::uuid
                                """)
                        .param(me)
                        .update();
    }

    private static Set<String> ids(Endpoint endpoint) {
        Set<String> ids = new HashSet<>();
        endpoint.received.forEach(request -> ids.add(request.id()));
        return ids;
    }
}
