package dev.kassa.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code GET /kassa/v1/events?wait=}: who waits, and when a place is free. */
class LongPollTest {
    private static final int LONGEST = Limits.EVENTS_WAIT_SECONDS;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final TestClient api = merchant.api();
    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void hangUp() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    private static String path(int wait) {
        return "/kassa/v1/events?after=end&wait=" + wait;
    }

    private HttpResponse<String> ask(int wait) {
        return api.plain(api.request(path(wait)).GET());
    }

    /** Takes every place there is, by clients that read nothing. */
    private void takeAllPlaces() {
        for (int i = 0; i < Limits.EVENTS_WAITING; i++) {
            takePlace();
        }
        Await.until(
                PATIENCE,
                () -> {
                    if (ask(1).statusCode() == 429) {
                        return true;
                    }
                    // It may have been this question that took a place from one of them.
                    takePlace();
                    return false;
                });
    }

    private void takePlace() {
        try {
            Socket client = new Socket(server.url().getHost(), server.url().getPort());
            clients.add(client);
            String request =
                    "GET %s HTTP/1.1\r\nHost: kassa\r\nAuthorization: %s\r\n\r\n"
                            .formatted(path(LONGEST), api.authorization());
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPlaceIsFreeWhenItsConnectionHasGone() throws IOException {
        for (int round = 0; round < 3; round++) {
            takeAllPlaces();
            hangUp();
            List<CompletableFuture<HttpResponse<String>>> next = new ArrayList<>();
            for (int i = 0; i < Limits.EVENTS_WAITING; i++) {
                next.add(CompletableFuture.supplyAsync(() -> ask(1), Thread::startVirtualThread));
            }
            assertThat(next.stream().map(answer -> answer.join().statusCode()))
                    .as("round %s", round)
                    .containsOnly(200);
        }
    }

    /** A client that sends its next request before it has the answer has not gone. */
    @Test
    void aPipelinedRequestIsNoFarewell() throws Exception {
        takeAllPlaces();
        for (Socket client : clients) {
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(ask(1).statusCode()).isEqualTo(429);
        assertThat(ask(1).statusCode()).isEqualTo(429);
    }

    /** The first place is free when the first of those that wait has waited for long enough. */
    @Test
    void retryAfterIsTrue() {
        takeAllPlaces();
        String seconds = ask(1).headers().firstValue("Retry-After").orElse("");
        assertThat(Integer.parseInt(seconds)).isBetween(LONGEST / 3, LONGEST + 1);
    }

    @Test
    void aHeadWaitsForNothingAndTakesNoPlace() {
        assertThat(head().statusCode()).isEqualTo(200);
        takeAllPlaces();
        assertThat(head().statusCode()).isEqualTo(200);
    }

    /** With no event to answer, it would be held back for longer than the client waits. */
    private HttpResponse<String> head() {
        return api.plain(
                api.request(path(LONGEST))
                        .timeout(Duration.ofSeconds(LONGEST - 10L))
                        .method("HEAD", BodyPublishers.noBody()));
    }

    @Test
    void anEventOfAnotherNodeIsHeard() throws Exception {
        try (TestServer making = TestServer.start();
                TestServer waiting = making.another()) {
            TestMerchant shop = making.merchant();
            TestMerchant.TestDevice device = shop.device();
            TestClient elsewhere = new TestClient(waiting.url(), shop.api().authorization());
            String end = elsewhere.get(path(0)).is(200).text("next");
            for (int i = 0; i < 5; i++) {
                String next = end;
                CompletableFuture<Answer> answer =
                        CompletableFuture.supplyAsync(
                                () -> elsewhere.get("/kassa/v1/events?wait=20&after=" + next),
                                Thread::startVirtualThread);
                String session = shop.session(device);
                Answer heard = answer.get().is(200);
                assertThat(heard.json().path("content").toString()).contains(session);
                end = heard.text("next");
            }
        }
    }
}
