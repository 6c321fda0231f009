package dev.kassa.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * What one connection may cost: nothing is read that need not be, nothing is waited for without a
 * deadline, and no address has more than its share.
 */
class BoundsTest {
    private static final int PER_ADDRESS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final TestServer SERVER =
            TestServer.start(
                    Map.of(
                            "KASSA_RECEIVE_TIMEOUT",
                            "1s",
                            "KASSA_CONNECTIONS_PER_ADDRESS",
                            Integer.toString(PER_ADDRESS)));

    private final TestMerchant merchant = SERVER.merchant();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private RawClient client() {
        return new RawClient(SERVER.url());
    }

    private String head(String method, String path, String headers) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + headers
                + "\r\n";
    }

    private String key() {
        return "Authorization: Basic " + merchant.key().key() + "\r\n";
    }

    private static String length(long bytes) {
        return "Content-Length: " + bytes + "\r\n";
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedBeforeAByteIsRead() {
        try (RawClient client = client()) {
            var _ =
                    client.send(
                            head(
                                    "POST",
                                    "/ipp/v1/sessions",
                                    key() + length(Limits.SESSION_BODY_BYTES + 1)));
            assertThat(client.readToTheEnd())
                    .startsWith("HTTP/1.1 413")
                    .contains("Connection: close")
                    .contains("larger than " + Limits.SESSION_BODY_BYTES + " bytes");
        }
    }

    @Test
    void anUndeclaredLengthIsReadOnlyUpToTheLimit() {
        int limit = Limits.BODY_BYTES;
        String chunk = Integer.toHexString(limit) + "\r\n" + "x".repeat(limit) + "\r\n";
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", "Transfer-Encoding: chunked\r\n"));
            var _ = client.send(chunk + "0\r\n\r\n");
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 400");
        }
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", "Transfer-Encoding: chunked\r\n"));
            var _ = client.send(chunk + "1\r\nx\r\n");
            assertThat(client.readToTheEnd()).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void aBodyThatNobodyWantsIsNotWaitedFor() throws Exception {
        List<String> paths =
                List.of(
                        "/ipp/v1/sessions",
                        "/providers/nobody/callbacks",
                        "/nothing/here",
                        "/pay/nothing");
        List<String> answers =
                AtOnce.run(
                        paths.size(),
                        i ->
                                RawClient.exchange(
                                        SERVER.url(), head("POST", paths.get(i), length(1 << 20))));
        assertThat(answers)
                .hasSize(paths.size())
                .allSatisfy(answer ->
                        assertThat(answer)
                                .matches("(?s)HTTP/1.1 40[14].*")
                                .contains("Connection: close"));
    }

    /** The refusal reaches a client that reads only after it has sent everything. */
    @Test
    void aClientThatStillSendsReadsTheRefusal() {
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/ipp/v1/sessions", length(1 << 20)));
            var _ = client.send("x".repeat(1 << 20));
            assertThat(client.readToTheEnd()).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void aConnectionServesOnAfterASmallBodyThatNobodyWanted() {
        try (RawClient client = client()) {
            String refused = head("POST", "/ipp/v1/sessions", length(2)) + "{}";
            var _ = client.send(refused);
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 401");
            var _ = client.send(refused);
            assertThat(client.readUntil("}")).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void whoWaitsForContinueIsAnsweredAtOnce() {
        try (RawClient client = client()) {
            var _ =
                    client.send(
                            head(
                                    "POST",
                                    "/ipp/v1/sessions",
                                    "Expect: 100-continue\r\n" + length(100)));
            assertThat(client.readToTheEnd())
                    .startsWith("HTTP/1.1 401")
                    .contains("Connection: close");
        }
    }

    /** One byte after another, each well within any time-out of a single read. */
    private static String drip(RawClient client, String drop) {
        String answer = "";
        while (answer.isEmpty() && !client.isEnded()) {
            var _ = client.send(drop);
            answer = client.readWithin(100);
        }
        return answer + client.readToTheEnd();
    }

    private static double bodyBytes() {
        return SERVER.server.part(MeterRegistry.class).get("kassa.http.body").gauge().value();
    }

    @Test
    void slowHeadersAreCutOff() {
        try (RawClient client = client()) {
            var _ = client.send("GET /ipp/v1/locations HTTP/1.1\r\nHost: localhost\r\nx-slow: ");
            assertThat(drip(client, "x")).isEmpty();
        }
        try (RawClient client = client()) {
            var _ = client.send("GET /ipp/v1/locations HTTP/1.1\r\nHost: localhost\r\n");
            assertThat(client.readToTheEnd()).as("silent").isEmpty();
        }
    }

    @Test
    void aSlowBodyIsCutOff() {
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", length(10_000)));
            assertThat(drip(client, " ")).startsWith("HTTP/1.1 408");
        }
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", length(10_000)) + "{");
            var _ = client.readToTheEnd();
        }
    }

    /** Tomcat reads the extension of a chunk in one go, out of sight of whoever reads the body. */
    @Test
    void aSlowChunkIsCutOff() {
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", "Transfer-Encoding: chunked\r\n"));
            var _ = client.send("5;x=");
            var _ = drip(client, "x");
        }
    }

    @Test
    void aSlowBodyThatNobodyWantsIsCutOff() {
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/ipp/v1/sessions", length(1000)));
            assertThat(drip(client, " ")).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void afterAllThisNoRoomIsTaken() {
        try (RawClient client = client()) {
            var _ = client.send(head("POST", "/pos/v1/devices", length(100)) + "{");
            Await.until(PATIENCE, () -> bodyBytes() == 100);
        }
        Await.until(PATIENCE, () -> bodyBytes() == 0);
    }

    @Test
    void anAddressHasOnlySoManyConnections() {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < PER_ADDRESS; i++) {
                RawClient client = new RawClient(SERVER.url(), "127.0.0.9");
                var _ = client.send(head("GET", "/ipp/v1/locations", key()));
                assertThat(client.readUntil("}")).startsWith("HTTP/1.1 200");
                open.add(client);
            }
            try (RawClient oneMore = new RawClient(SERVER.url(), "127.0.0.9")) {
                var _ = oneMore.send(head("GET", "/ipp/v1/locations", key()));
                assertThat(oneMore.readToTheEnd()).isEmpty();
            }
            try (RawClient elsewhere = new RawClient(SERVER.url(), "127.0.0.10")) {
                var _ = elsewhere.send(head("GET", "/ipp/v1/locations", key()));
                assertThat(elsewhere.readUntil("}")).startsWith("HTTP/1.1 200");
            }
            open.removeLast().close();
            Await.until(
                    PATIENCE,
                    () -> {
                        try (RawClient again = new RawClient(SERVER.url(), "127.0.0.9")) {
                            var _ =
                                    again.send(
                                            head(
                                                    "GET",
                                                    "/ipp/v1/locations",
                                                    key() + "Connection: close\r\n"));
                            return again.readToTheEnd().startsWith("HTTP/1.1 200");
                        }
                    });
        } finally {
            open.forEach(RawClient::close);
        }
    }
}
