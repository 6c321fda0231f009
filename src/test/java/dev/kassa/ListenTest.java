package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.kassa.event.EventType;
import dev.kassa.http.Json;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code ./kassa listen} in a process of its own, across a restart of the server. */
class ListenTest {
    private final Path data = TestServer.temporary();
    private final Map<String, String> settings =
            new HashMap<>(TestServer.settings(TestPostgres.newDatabase(), data));

    @Test
    void printsForwardsAndCatchesUp() throws Exception {
        Endpoint endpoint = Endpoint.open(Endpoint.status(200));
        TestServer server = TestServer.start(settings);
        settings.put("KASSA_PORT", Integer.toString(server.url().getPort()));
        try (KassaProcess listen =
                KassaProcess.run(
                        data, Map.of(), "listen", "--forward-to", endpoint.url().toString())) {
            String secret = listen.awaitLine("signed with").replaceFirst(".*(whsec_\\S+).*", "$1");
            assertThat(tickedTypes(data))
                    .as("of every type, as the server sends them")
                    .containsAll(
                            Stream.of(EventType.values())
                                    .filter(type -> type != EventType.TEST)
                                    .map(EventType::wire)
                                    .toList());
            String first = session(data);
            assertThat(listen.awaitLine(first)).contains("ipp.session.created", "-> 200");
            new Webhook(secret)
                    .verify(
                            endpoint.received.getFirst().body(),
                            endpoint.received.getFirst().httpHeaders());

            server.close();
            listen.awaitLine("Disconnected");
            server = TestServer.start(settings);
            String second = session(data);
            assertThat(listen.awaitLine(second)).contains("ipp.session.created", "-> 200");
            assertThat(endpoint.received).hasSize(2);
        } finally {
            server.close();
            endpoint.close();
        }
    }

    private static List<String> tickedTypes(Path data) throws Exception {
        return Json.MAPPER
                .readTree(
                        ApiClient.of(PlaygroundEnv.read(data))
                                .get("/kassa/v1/webhook-destinations")
                                .body())
                .path("content")
                .path(0)
                .path("event_types")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    private static String session(Path data) throws Exception {
        ApiClient api = ApiClient.of(PlaygroundEnv.read(data));
        String device =
                Json.MAPPER
                        .readTree(api.post("/ipp/v1/dev/devices", "{\"name\": \"Till\"}").body())
                        .path("id")
                        .asString();
        return Json.MAPPER
                .readTree(api.post("/ipp/v1/sessions", TestMerchant.cart(device)).body())
                .path("session_id")
                .asString();
    }
}
