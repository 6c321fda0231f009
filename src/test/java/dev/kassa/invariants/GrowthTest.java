package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.merchant.Merchants;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work grows only with work: what others have configured costs a payment nothing. */
class GrowthTest {
    private static final int IDLE = 2000;
    private static final int PAYMENTS = 100;

    /** Looked at for what is due first in a lane. */
    private static final String PROBES =
            "select coalesce(sum(idx_scan), 0) from pg_stat_user_indexes"
                    + " where indexrelname in ('delivery_first', 'delivery_again') and ''<>?";

    /**
     * Beside the payments only the lanes are looked at that are read again each second, whether
     * anything happens or not.
     */
    @Test
    void anEventLooksAtItsOwnDestinationsAlone() throws Exception {
        try (TestServer server = TestServer.start()) {
            for (int i = 0; i < IDLE / 50; i++) {
                configure(server, server.server.part(Merchants.class).create("Idle").id().value());
            }
            Await.until(
                    Duration.ofSeconds(60),
                    () ->
                            server.count(
                                            "select count(*) from lane where owner is null and ''<>?",
                                            "any")
                                    == 0);
            TestMerchant merchant = server.merchant();
            Endpoint endpoint = Endpoint.open(Endpoint.status(200));
            TestDestination shop = TestDestination.create(merchant, "shop", endpoint.url());
            assertThat(shop.get().path("enabled").asBoolean()).isTrue();
            long before = server.count(PROBES, "any");
            long begun = System.nanoTime();
            for (int i = 0; i < PAYMENTS; i++) {
                merchant.tap(merchant.session(merchant.device()), "SUCCESS").is(200);
            }
            Await.until(
                    "all is delivered",
                    TestDestination.PATIENCE,
                    () -> endpoint.received.size() == 5 * PAYMENTS);
            long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 1;
            long probes = server.count(PROBES, "any") - before;
            System.out.printf("GrowthTest: %d probes in %d s%n", probes, seconds);
            // A fetch makes three for each lane that it asks for; 100 lanes are read again a
            // second.
            assertThat(probes).isLessThan(3 * (2 * 5L * PAYMENTS + 100 * (seconds + 1)));
            endpoint.close();
        }
    }

    private static void configure(TestServer server, String merchant) {
        int made =
                server.jdbc
                        .sql(
                                """
                                with made as (
                                    insert into destination (destination_id, merchant_id, name, url,
                                        secret, enabled, created_at, updated_at)
                                    select gen_random_uuid(), ?, 'd' || n, 'http://127.0.0.1:9/', 'none',
                                        true, now(), now()
                                    from generate_series(1, 50) n
                                    returning destination_id
                                )
                                insert into lane (destination_id) select destination_id from made
                                """)
                        .params(List.of(merchant))
                        .update();
        assertThat(made).isEqualTo(50);
    }
}
