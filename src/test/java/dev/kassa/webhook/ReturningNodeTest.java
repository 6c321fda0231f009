package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.database.Nodes;
import dev.kassa.kernel.DestinationId;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that was held for dead and comes back: what it had is no longer its own. */
class ReturningNodeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TestServer server = TestServer.start();
    private final Lanes lanes = server.server.part(Lanes.class);
    private final Nodes nodes = server.server.part(Nodes.class);
    private final LaneTable table = server.server.part(LaneTable.class);
    private final TestMerchant merchant = server.merchant();
    private final Endpoint endpoint = Endpoint.open(Endpoint.status(204));
    private final DestinationId shop =
            DestinationId.parse(TestDestination.create(merchant, "shop", endpoint.url()).id());

    @BeforeEach
    void hasTheLane() {
        Await.until(PATIENCE, () -> lanes.find(shop).isPresent());
    }

    @AfterEach
    void stop() {
        server.close();
        endpoint.close();
    }

    private void sql(String statement) {
        var _ = server.jdbc.sql(statement).update();
    }

    private void fallsSilent() {
        server.withoutLoops();
        sql("update node set alive_at = alive_at - interval '20 s'");
    }

    /** Until it works the lane anew, and not as it did before. */
    private Lane comesBack(Lane former) {
        server.run("readiness");
        Await.until(
                PATIENCE,
                () -> {
                    server.run("webhook-deliveries");
                    return lanes.find(shop).filter(lane -> lane != former).isPresent();
                });
        return lanes.find(shop).orElseThrow();
    }

    private int readAs(Nodes.Registration owner) {
        return server.server
                .part(DeliveryTable.class)
                .dueOfAnyMerchant(owner, Map.of(shop, 10), server.clock.instant())
                .claims()
                .size();
    }

    /** Nobody took its lanes, but anybody might have: it cannot know. */
    @Test
    void keepsNoLane() {
        Lane former = lanes.find(shop).orElseThrow();
        fallsSilent();
        assertThat(comesBack(former).fence()).isGreaterThan(former.fence());
        assertThat(former.start(server.clock.instant())).isEmpty();
    }

    /** What it reads, takes or leaves in the name of its former life is nothing. */
    @Test
    void hasNothingInItsFormerName() {
        Nodes.Registration former = lanes.registration();
        fallsSilent();
        assertThat(merchant.session(merchant.device())).isNotEmpty();
        assertThat(readAs(former)).isOne();
        sql("update destination set enabled = false"); // So that nothing is sent.
        assertThat(claimedAs(former)).as("held for dead").isEmpty();
        Lane now = comesBack(lanes.find(shop).orElseThrow());
        assertThat(lanes.registration().node()).isEqualTo(former.node());
        assertThat(readAs(former)).isZero();
        assertThat(readAs(lanes.registration())).isOne();
        sql("update lane set owner = null");
        assertThat(claimedAs(former)).isEmpty();
        assertThat(claimedAs(lanes.registration())).hasSize(1);
        table.release(former, List.of(shop));
        table.retire(former);
        assertThat(server.texts("select fence from lane where owner::text<>?", "any"))
                .containsExactly(Long.toString(now.fence()));
    }

    private List<LaneTable.Row> claimedAs(Nodes.Registration owner) {
        return table.claimOfAnyMerchant(owner, Lanes.LEASE, 10);
    }

    /** A row that another server swept says as much as one that is too old. */
    @Test
    void registersAnewWhenItsRowWasSwept() {
        Lane former = lanes.find(shop).orElseThrow();
        server.withoutLoops();
        sql("delete from node");
        assertThat(comesBack(former).fence()).isGreaterThan(former.fence());
    }

    @Test
    void isGoneAtOnceWhenItStops() {
        String registered = "select count(*) from node where fence is not null and ''<>?";
        try (TestServer _ = server.another()) {
            Await.until(PATIENCE, () -> !lanes.isAlone());
            assertThat(server.count(registered, "any")).isEqualTo(2);
        }
        assertThat(server.count(registered, "any")).isOne();
        Await.until(PATIENCE, lanes::isAlone);
    }

    /** Until the next release: one of the version before has its lanes under another id. */
    @Test
    void leavesItsLanesToAnOlderServerThatIsAlive() {
        server.withoutLoops();
        sql("insert into webhook_node select gen_random_uuid(), clock_timestamp()");
        sql(
                """
                update lane set owner = (select node_id from webhook_node
                    where node_id not in (select node_id from node))
                """);
        assertThat(claimedAs(lanes.registration())).isEmpty();
        assertThat(nodes.others(Lanes.LEASE).nodes()).hasSize(1);
        sql("update webhook_node set seen_at = seen_at - interval '20 s'");
        assertThat(claimedAs(lanes.registration())).hasSize(1);
    }

    /** Each time, both take over from each other what was under way. */
    @Test
    void whatIsHeldForDeadAgainAndAgainDeliversAll() {
        try (TestServer other = server.another()) {
            Await.until(PATIENCE, () -> !lanes.isAlone());
            List<TestDestination> more =
                    List.of(
                            TestDestination.create(merchant, "second", endpoint.url()),
                            TestDestination.create(merchant, "third", endpoint.url()));
            TestMerchant.TestDevice device = merchant.device();
            int times = 5;
            int each = 10;
            for (int i = 0; i < times * each; i++) {
                if (i % each == 0) {
                    sql("update node set alive_at = alive_at - interval '20 s'");
                }
                assertThat(merchant.session(device)).isNotEmpty();
            }
            int all = times * each * (more.size() + 1);
            String left = "select count(*) from delivery where status = 'PENDING' and ''<>?";
            Await.until(Duration.ofSeconds(30), () -> server.count(left, "any") == 0);
            assertThat(server.count("select count(*) from delivery where status<>?", "x"))
                    .isEqualTo(all);
            Set<String> received = new HashSet<>();
            endpoint.received.forEach(request -> received.add(request.id()));
            assertThat(received).hasSize(times * each);
            assertThat(endpoint.received.size())
                    .isBetween(all, all + times * (more.size() + 1) * Lane.UNWRITTEN);
            String owned =
                    """
                    select count(*) from lane join node on node_id = owner and node.fence = lane.fence
                    where ''<>?
                    """;
            Await.until(PATIENCE, () -> server.count(owned, "any") == more.size() + 1);
            assertThat(other.url()).isNotEqualTo(server.url());
        }
    }

    /** A try that it began in its former life ends in its new one. */
    @Test
    void writesNoCircuitOfItsFormerLife() {
        Lane former = lanes.find(shop).orElseThrow();
        fallsSilent();
        sql("update lane set owner = gen_random_uuid(), changed_at = clock_timestamp()");
        sql("update lane set openings = 3, resume_at = now() + interval '1 hour'");
        sql("update lane set owner = null, changed_at = clock_timestamp()");
        assertThat(comesBack(former).circuit().openings()).isEqualTo(3);
        lanes.changed(former);
        lanes.keepCircuits();
        assertThat(server.texts("select openings from lane where ''<>?", "any"))
                .containsExactly("3");
    }
}
