package dev.kassa.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends requests with one Authorization header, or with none, and holds each to the contract. */
public record TestClient(URI url, @Nullable String authorization) {
    public static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    public Answer get(String path) {
        return send(request(path).GET());
    }

    public Answer post(String path, String body) {
        return send("POST", path, body);
    }

    public Answer put(String path) {
        return send(request(path).PUT(HttpRequest.BodyPublishers.noBody()));
    }

    public Answer put(String path, String body) {
        return send("PUT", path, body);
    }

    public Answer patch(String path, String body) {
        return send("PATCH", path, body);
    }

    public Answer delete(String path) {
        return send(request(path).DELETE());
    }

    /** A POST under an idempotency key. */
    public Answer postOnce(String key, String path, String body) {
        return exchange(
                json(path)
                        .header("Idempotency-Key", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                body);
    }

    /** Trades a code for a device, as an app on this phone does. */
    public Answer pair(String code, String hardwareId) {
        return post(
                "/pos/v1/devices",
                """
                {"enrollment_code": "%s", "hardware_id": "%s", "name": "Phone", "platform": "IOS"}
                """
                        .formatted(code, hardwareId));
    }

    public Answer send(String method, String path, String body) {
        return exchange(json(path).method(method, HttpRequest.BodyPublishers.ofString(body)), body);
    }

    /**
     * A body that the schema does not allow, or that is no JSON; the answer is held to it still.
     */
    public Answer sloppy(String method, String path, String body) {
        return exchange(json(path).method(method, HttpRequest.BodyPublishers.ofString(body)), null);
    }

    /** A request whose body only the server looks at. */
    public Answer send(HttpRequest.Builder request) {
        return exchange(request, null);
    }

    private Answer exchange(HttpRequest.Builder builder, @Nullable String body) {
        HttpResponse<String> response = plain(builder);
        Contract.check(response.request(), body == null || body.isEmpty() ? null : body, response);
        return Answer.of(response);
    }

    /** Without a look at the contract: for tests of many thousand requests. */
    public HttpResponse<String> plain(HttpRequest.Builder builder) {
        try {
            return HTTP.send(builder.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder json(String path) {
        return request(path).header("Content-Type", "application/json");
    }

    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url.resolve(path)).timeout(Duration.ofSeconds(30));
        return authorization == null ? request : request.header("Authorization", authorization);
    }
}
