package dev.kassa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.kassa.event.EventType;
import dev.kassa.http.Json;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.testing.Endpoint;
import dev.kassa.testing.KassaProcess;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPostgres;
import dev.kassa.testing.TestServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    /** As {@code stripe listen} takes it. */
    @Test
    void forwardsWithoutAScheme() throws Exception {
        try (Endpoint endpoint = Endpoint.open(Endpoint.status(200));
                TestServer _ = TestServer.start(settings)) {
            String session = session(data);
            String to = "localhost:" + endpoint.port() + "/hook";
            try (KassaProcess listen = listen("--from-start", "--count", "1", "--forward-to", to)) {
                assertThat(listen.awaitLine(session)).contains("-> 200");
                listen.endsWith(0);
            }
            assertThat(endpoint.received.getFirst().target()).isEqualTo("/hook");
            for (String none :
                    List.of("http://", "ftp://x.example/", "http://x.example:0/", "a b:80")) {
                try (KassaProcess listen = listen("--forward-to", none)) {
                    assertThat(listen.endsWith(1))
                            .containsExactly(
                                    "kassa: --forward-to is a URL such as"
                                            + " http://localhost:3000/webhooks, not '"
                                            + none
                                            + "'.");
                }
            }
        }
    }

    /** Servers of Node listen on the first address of localhost alone, which is often ::1. */
    @Test
    void forwardsToWhicheverAddressOfANameAnswers() throws Exception {
        Path hosts = data.resolve("hosts");
        Files.writeString(hosts, "127.0.0.1 both.test\n::1 both.test\n");
        try (TestServer _ = TestServer.start(settings)) {
            String session = session(data);
            for (String address : List.of("127.0.0.1", "::1")) {
                ServerSocket socket = new ServerSocket(0, 100, InetAddress.getByName(address));
                try (Endpoint endpoint = Endpoint.open(socket, Endpoint.status(200));
                        KassaProcess listen =
                                KassaProcess.run(
                                        data,
                                        Map.of(),
                                        List.of("-Djdk.net.hosts.file=" + hosts),
                                        "listen",
                                        "--from-start",
                                        "--count",
                                        "1",
                                        "--forward-to",
                                        "both.test:" + endpoint.port())) {
                    assertThat(listen.awaitLine(session)).as(address).contains("-> 200");
                }
            }
        }
    }

    private KassaProcess listen(String... options) {
        return KassaProcess.run(
                data,
                Map.of(),
                Stream.concat(Stream.of("listen"), Stream.of(options)).toArray(String[]::new));
    }

    /** Whoever reads has seen enough: it must not go on for ever. */
    @Test
    void endsWhenNobodyReadsItAnyMore() throws Exception {
        try (TestServer _ = TestServer.start(settings)) {
            var _ = session(data);
            List<Process> pipeline =
                    ProcessBuilder.startPipeline(
                            List.of(
                                    KassaProcess.builder(
                                            data, Map.of(), List.of(), "listen", "--from-start"),
                                    new ProcessBuilder("head", "-n", "1")));
            try {
                assertThat(pipeline.getFirst().waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(pipeline.getLast().inputReader().readLine()).contains("Listening");
            } finally {
                pipeline.forEach(Process::destroy);
            }
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
