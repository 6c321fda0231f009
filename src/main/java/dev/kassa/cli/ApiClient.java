package dev.kassa.cli;

import dev.kassa.http.Json;
import dev.kassa.kernel.Refusal;
import dev.kassa.server.PlaygroundEnv;
import dev.kassa.server.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A client of the public API, as any integrator would write one; for the commands. */
record ApiClient(HttpClient http, URI url, String authorization) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Without the key. */
    @Override
    public String toString() {
        return "ApiClient[" + url + "]";
    }

    static ApiClient of(PlaygroundEnv env) {
        String login = env.get("KASSA_API_USERNAME") + ":" + env.get("KASSA_API_KEY");
        String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(TIMEOUT)
                        .build();
        return new ApiClient(http, URI.create(env.get("KASSA_URL")), "Basic " + basic);
    }

    /** A client of the playground whose keys are in the data directory of the settings. */
    static ApiClient ofPlayground() {
        Path data = Settings.load().dataDirectory();
        PlaygroundEnv env = PlaygroundEnv.read(data);
        if (env.get("KASSA_URL").isEmpty()) {
            throw new Refusal(
                    "There is no "
                            + data.resolve(PlaygroundEnv.FILE)
                            + ". Start a playground with ./kassa start, or set KASSA_DATA_DIR.");
        }
        return of(env);
    }

    /** What is to be said when nobody answers. */
    Refusal unreachable(IOException e) {
        return new Refusal("No server answers at " + url + ". Start it: ./kassa start", e);
    }

    /** The same client with a device's token. */
    ApiClient as(String bearerToken) {
        return new ApiClient(http, url, "Bearer " + bearerToken);
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(url.resolve(path)).header("Authorization", authorization);
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(
                request(path).timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path) throws IOException, InterruptedException {
        return http.send(
                request(path).timeout(TIMEOUT).PUT(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path)
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    static JsonNode json(HttpResponse<String> answer) {
        try {
            return Json.MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new Refusal(
                    answer.uri()
                            + " answered "
                            + answer.statusCode()
                            + ", which is not Kassa's API.",
                    e);
        }
    }

    /** The words of a problem: a sentence for each fault, or else the detail. */
    static String problem(JsonNode body) {
        JsonNode errors = body.path("errors");
        return errors.isEmpty()
                ? body.path("detail").asString(body.toString())
                : errors.valueStream()
                        .map(fault -> fault.asString())
                        .collect(Collectors.joining(" "));
    }
}
