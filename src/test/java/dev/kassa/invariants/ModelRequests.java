package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The requests of one sequence: sent, held to the model, kept, and repeated. */
final class ModelRequests {
    /** A request as sent, and how the model takes it. */
    record Sent(
            boolean byDevice,
            int device,
            String method,
            String path,
            String body,
            @Nullable String key,
            Verb model) {}

    /** What the model does with a request, and answers: the HTTP status owed. */
    interface Verb {
        int first();

        /**
         * Whether the answer just given may still change, so that the request under its key looks
         * again instead of repeating it.
         */
        default boolean isProvisional() {
            return false;
        }

        /** The same request under its key, after a provisional answer. */
        default int again() {
            return first();
        }
    }

    private record Kept(Sent sent, int status, String body, boolean provisional) {}

    private final ModelServer nodes;
    private final TestMerchant merchant;
    private final List<TestMerchant.TestDevice> devices;
    private final List<Kept> history = new ArrayList<>();

    /** What used each idempotency key up: its first answer below 400. */
    private final Map<String, Kept> answered = new HashMap<>();

    ModelRequests(ModelServer nodes, TestMerchant merchant, List<TestMerchant.TestDevice> devices) {
        this.nodes = nodes;
        this.merchant = merchant;
        this.devices = devices;
    }

    HttpResponse<String> send(Sent sent) {
        HttpResponse<String> answer = exchange(sent);
        history.add(keep(sent, answer, sent.model().first()));
        return answer;
    }

    /** Holds the answer to the status owed, and notes it when it uses up the request's key. */
    private Kept keep(Sent sent, HttpResponse<String> answer, int owed) {
        assertThat(answer.statusCode())
                .as("%s %s: %s", sent.method(), sent.path(), answer.body())
                .isEqualTo(owed);
        Kept kept = new Kept(sent, owed, answer.body(), sent.model().isProvisional());
        if (sent.key() != null && owed < 400) {
            answered.put(sent.key(), kept);
        }
        return kept;
    }

    /** Any earlier request once more, word for word; a session made by it is told. */
    void repeat(int number, Consumer<HttpResponse<String>> created) {
        if (history.isEmpty()) {
            return;
        }
        Sent sent = history.get(number % history.size()).sent();
        Kept used = sent.key() == null ? null : answered.get(sent.key());
        if (used != null && used.provisional()) {
            var _ = keep(sent, exchange(sent), sent.model().again());
        } else if (used != null) {
            HttpResponse<String> answer = exchange(sent);
            assertThat(answer.statusCode()).isEqualTo(used.status());
            assertThat(answer.body()).isEqualTo(used.body());
        } else if (sent.path().equals("/ipp/v1/sessions")) {
            created.accept(send(sent));
        } else {
            var _ = send(sent);
        }
    }

    HttpResponse<String> exchange(Sent sent) {
        TestClient client =
                new TestClient(
                        nodes.server.url(),
                        sent.byDevice()
                                ? devices.get(sent.device()).api().authorization()
                                : merchant.api().authorization());
        HttpRequest.Builder request =
                client.request(sent.path())
                        .header("Content-Type", "application/json")
                        .method(sent.method(), HttpRequest.BodyPublishers.ofString(sent.body()));
        return client.plain(
                sent.key() == null ? request : request.header("Idempotency-Key", sent.key()));
    }
}
