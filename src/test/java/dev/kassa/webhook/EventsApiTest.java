package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Events in the own merchant API, read from a cursor and waited for. */
class EventsApiTest {
    private final TestServer server = TestServer.shared();

    private final TestMerchant merchant = server.merchant();

    private final TestClient api = merchant.api();

    private final TestMerchant.TestDevice device = merchant.device();

    @Test
    void eventsAreReadFromACursorAndWaitedFor() throws Exception {
        String end = api.get("/kassa/v1/events?after=end").is(200).text("next");
        String session = merchant.session(device);
        JsonNode one = api.get("/kassa/v1/events?after=" + end + "&wait=10").is(200).json();
        assertThat(one.path("content")).hasSize(1);
        assertThat(one.path("content").path(0).path("event").path("data").path("session_id"))
                .hasToString("\"" + session + "\"");
        assertThat(one.path("content").path(0).has("request")).isFalse();

        String next = one.path("next").asString();
        CompletableFuture<Answer> waiting =
                CompletableFuture.supplyAsync(
                        () -> api.get("/kassa/v1/events?wait=20&after=" + next));
        String tapped = merchant.session(merchant.device());
        merchant.tap(tapped, "SUCCESS").is(200);
        JsonNode some = waiting.get().is(200).json();
        assertThat(some.path("content").toString()).contains(tapped);

        assertThat(api.get("/kassa/v1/events?after=x&wait=31&page_size=0").is(400).faults())
                .containsExactly("after", "wait", "page_size");
        TestDestination shop =
                TestDestination.create(merchant, "shop", URI.create("https://shop.example/"));
        JsonNode signed = api.get("/kassa/v1/events?destination_id=" + shop.id()).is(200).json();
        assertThat(signed.path("content")).hasSize(6);
        for (JsonNode entry : signed.path("content")) {
            Map<String, List<String>> headers = new TreeMap<>();
            entry.path("request")
                    .path("headers")
                    .properties()
                    .forEach(h -> headers.put(h.getKey(), List.of(h.getValue().asString())));
            new Webhook(shop.secret())
                    .verify(
                            entry.path("request").path("body").asString(),
                            HttpHeaders.of(headers, (name, value) -> true));
        }
        TestMerchant other = server.merchant();
        other.api().get("/kassa/v1/events?destination_id=" + shop.id()).is(404);
        assertThat(other.api().get("/kassa/v1/events").is(200).json().path("content")).isEmpty();
    }

    /** A transaction that draws its number first and commits last is not passed over. */
    @Test
    void aLateCommitIsNotMissed() throws Exception {
        String end = api.get("/kassa/v1/events?after=end").is(200).text("next");
        String insert =
                """
                insert into event (event_id, merchant_id, type, body, occurred_at)
                values (?, '%s', 'order.created', '{"id":"x","merchant_id":"x","timestamp":"x",
                    "type":"x","data":{}}', now())
                """
                        .formatted(merchant.id().value());
        try (var late = server.server.part(DataSource.class).getConnection();
                var statement = late.prepareStatement(insert)) {
            late.setAutoCommit(false);
            statement.setString(1, "kevt_late");
            assertThat(statement.executeUpdate()).isOne();
            merchant.session(device);
            JsonNode meanwhile = api.get("/kassa/v1/events?after=" + end).is(200).json();
            late.commit();
            String next = meanwhile.path("next").asString();
            JsonNode then = api.get("/kassa/v1/events?after=" + next).is(200).json();
            assertThat(meanwhile.path("content").size() + then.path("content").size()).isEqualTo(2);
        }
    }
}
