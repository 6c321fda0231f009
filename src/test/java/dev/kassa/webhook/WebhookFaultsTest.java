package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What goes wrong around a delivery, and what must not follow from it. */
class WebhookFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestServer server = TestServer.start();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant.TestDevice device = merchant.device();
    private final TestClient api = merchant.api();
    private final Endpoint endpoint = Endpoint.open(Endpoint.status(500));
    private final TestDestination shop = TestDestination.create(merchant, "shop", endpoint.url());

    @AfterEach
    void stop() {
        server.close();
        endpoint.close();
    }

    private void sql(String statement) {
        var _ = server.jdbc.sql(statement).update();
    }

    private void runDeliveries() {
        server.run("webhook-deliveries");
    }

    private static String wish(String name, String url) {
        return "{\"name\": \"%s\", \"url\": \"%s\"}".formatted(name, url);
    }

    /** A try that was under way when somebody asked for another decides nothing about that one. */
    @Test
    void aResendIsNotUndoneByTheTryUnderWay() throws Exception {
        merchant.session(device);
        String event = shop.tried(1).path("event_id").asString();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch resent = new CountDownLatch(1);
        endpoint.behave((request, socket) -> {
            begun.countDown();
            resent.await();
            Endpoint.status(500).answer(request, socket);
        });
        // As after eight failed tries: the next step is a day.
        sql("update delivery set step = 8");
        server.clock.advance(Duration.ofSeconds(6));
        runDeliveries();
        begun.await();
        api.post(shop.path() + "/deliveries/" + event + "/resend", "").is(202);
        Instant asked = server.clock.instant();
        resent.countDown();
        JsonNode failed = shop.tried(2);
        assertThat(Instant.parse(failed.path("next_attempt_at").asString()))
                .isBefore(asked.plus(Duration.ofMinutes(1)));
        endpoint.behave(Endpoint.status(200));
        server.clock.advance(Duration.ofSeconds(6));
        Await.until(
                PATIENCE,
                () -> shop.deliveries().path(0).path("status").asString().equals("DELIVERED"));
    }

    /** An open circuit is not closed by the failure to write it down. */
    @Test
    void aCircuitStaysOpenThoughItsRowCannotBeWritten() {
        sql("alter table lane add constraint no_circuits check (resume_at is null)");
        for (int i = 0; i < 40; i++) {
            merchant.session(device);
        }
        // Four at once at the beginning; the fifth failure in a row opens it.
        Await.until(PATIENCE, () -> endpoint.received.size() >= 5);
        // It looks at its lanes each second, and says that it is alive.
        Instant seen = lastSeen();
        Await.until(PATIENCE, () -> lastSeen().isAfter(seen.plus(Duration.ofSeconds(4))));
        assertThat(endpoint.received).hasSizeLessThanOrEqualTo(5 + 4);
        sql("alter table lane drop constraint no_circuits");
        Await.until(PATIENCE, () -> shop.get().has("paused_until"));
    }

    private Instant lastSeen() {
        String seconds = "select extract(epoch from max(alive_at))::bigint from node where ''<>?";
        return Instant.ofEpochSecond(server.count(seconds, "any"));
    }

    /** Four such tries were all that a lane could bear. */
    @Test
    void aSecretThatCannotBeReadStopsNoLane() throws Exception {
        endpoint.behave(Endpoint.status(200));
        sql("update destination set secret = 'this was never sealed!'");
        String unread =
                "select count(*) from delivery where merchant_id = ?"
                        + " and last_error = 'the secret cannot be read'";
        String id = merchant.id().value();
        Await.until(
                PATIENCE,
                () -> {
                    // Of one device only so many may be open.
                    merchant.session(merchant.device());
                    return server.count(unread, id) > 4;
                });
        api.post(shop.path() + "/rotate", "").is(200);
        server.clock.advance(Duration.ofMinutes(1));
        String pending =
                "select count(*) from delivery where merchant_id = ? and status = 'PENDING'";
        Await.until(PATIENCE, () -> server.count(pending, id) == 0);
        assertThat(endpoint.received).isNotEmpty();
    }

    @Test
    void twoThatTakeOneNameAtOnceAreNoFaultOfOurs() throws Exception {
        for (int round = 0; round < 10; round++) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String name = "r" + round + "-" + i;
                ids.add(
                        api.post(TestDestination.PATH, wish(name, "https://x.example/"))
                                .is(201)
                                .text("id"));
            }
            String name = "wanted " + round;
            List<Integer> answers =
                    AtOnce.run(
                            ids.size(),
                            i ->
                                    put(
                                            TestDestination.PATH + "/" + ids.get(i),
                                            wish(name, "https://x.example/")));
            assertThat(answers).containsOnly(200, 409).containsOnlyOnce(200);
            for (String id : ids) {
                api.delete(TestDestination.PATH + "/" + id).is(204);
            }
        }
    }

    @Test
    void thoseMadeAtOnceKeepTheLimitTogether() throws Exception {
        int room = 3;
        for (int i = 1; i < Limits.DESTINATIONS - room; i++) {
            api.post(TestDestination.PATH, wish("d" + i, "https://x.example/")).is(201);
        }
        List<Integer> answers =
                AtOnce.run(
                        20,
                        i -> {
                            HttpResponse<String> answer =
                                    api.plain(
                                            api.request(TestDestination.PATH)
                                                    .header("Content-Type", "application/json")
                                                    .POST(
                                                            BodyPublishers.ofString(
                                                                    wish(
                                                                            "more " + i,
                                                                            "https://x.example/"))));
                            return answer.statusCode();
                        });
        assertThat(answers.stream().filter(status -> status == 201)).hasSize(room);
        assertThat(
                        server.count(
                                "select count(*) from destination where merchant_id = ?",
                                merchant.id().value()))
                .isEqualTo(Limits.DESTINATIONS);
    }

    private int put(String path, String body) {
        return api.plain(
                        api.request(path)
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofString(body)))
                .statusCode();
    }

    /** An event that was written while its destination was being deleted. */
    @Test
    void deliveriesOfADeletedDestinationAreForgotten() throws Exception {
        server.withoutLoops();
        try (Connection deleting = server.server.part(DataSource.class).getConnection();
                var statement =
                        deleting.prepareStatement(
                                "delete from destination where destination_id = ?::uuid")) {
            deleting.setAutoCommit(false);
            statement.setString(1, shop.id());
            assertThat(statement.executeUpdate()).isOne();
            merchant.session(device);
            deleting.commit();
        }
        String left = "select count(*) from delivery where destination_id = ?::uuid";
        assertThat(server.count(left, shop.id())).isOne();
        server.run("webhook-cleaning");
        assertThat(server.count(left, shop.id())).isZero();
    }
}
