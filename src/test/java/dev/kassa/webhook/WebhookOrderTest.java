package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The events of one session are first sent in their order, under load and with failures. */
class WebhookOrderTest {
    private static final int SESSIONS = 200;
    private static final int TILLS = 8;

    @Test
    void ofOneSessionTheFirstTriesKeepTheOrder() throws Exception {
        Endpoint endpoint = Endpoint.open(WebhookOrderTest::unsteady);
        try (TestServer server = TestServer.start()) {
            TestMerchant merchant = server.merchant();
            TestDestination.create(merchant, "unsteady", endpoint.url());
            var _ =
                    AtOnce.run(
                            TILLS,
                            till -> {
                                for (int i = till; i < SESSIONS; i += TILLS) {
                                    String session = merchant.session(merchant.device());
                                    merchant.tap(session, "DECLINED_GENERIC").is(200);
                                    merchant.tap(session, "SUCCESS").is(200);
                                }
                                return till;
                            });
            Map<String, String> sessionOf = new HashMap<>();
            Map<String, List<String>> logged = new LinkedHashMap<>();
            server.jdbc
                    .sql(
                            "select event_id, session_id::text from event where merchant_id = ?"
                                    + " order by seq")
                    .param(merchant.id().value())
                    .query(row -> {
                        String event = String.valueOf(row.getString(1));
                        String session = String.valueOf(row.getString(2));
                        sessionOf.put(event, session);
                        logged.computeIfAbsent(session, s -> new ArrayList<>()).add(event);
                    });
            assertThat(logged).hasSize(SESSIONS);
            Await.until(
                    "every event is tried",
                    Duration.ofSeconds(60),
                    () -> ids(endpoint).size() == sessionOf.size());
            Map<String, List<String>> firstTries = new HashMap<>();
            Set<String> seen = new HashSet<>();
            for (Endpoint.Request request : endpoint.received) {
                if (seen.add(request.id())) {
                    String session = String.valueOf(sessionOf.get(request.id()));
                    firstTries.computeIfAbsent(session, s -> new ArrayList<>()).add(request.id());
                }
            }
            assertThat(firstTries).isEqualTo(logged);
        } finally {
            endpoint.close();
        }
    }

    private static Set<String> ids(Endpoint endpoint) {
        Set<String> ids = new HashSet<>();
        endpoint.received.forEach(request -> ids.add(request.id()));
        return ids;
    }

    /** Slow at times, and failing one time in ten. */
    private static void unsteady(Endpoint.Request request, Socket socket)
            throws IOException, InterruptedException {
        assertThat(Json.MAPPER.readTree(request.body()).has("type")).isTrue();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Await.pause(Duration.ofMillis(random.nextInt(10)));
        Endpoint.status(random.nextInt(10) == 0 ? 500 : 200).answer(request, socket);
    }
}
