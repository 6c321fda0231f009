package dev.kassa.push;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import dev.kassa.device.Platform;
import dev.kassa.http.Json;
import dev.kassa.kernel.Refusal;
import dev.kassa.kernel.SessionId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Firebase Cloud Messaging, by its HTTP v1 API. */
final class FcmSender implements WakeUpSender {
    private static final Logger LOG = LoggerFactory.getLogger(FcmSender.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final GoogleCredentials credentials;
    private final URI endpoint;

    private FcmSender(GoogleCredentials credentials, URI endpoint) {
        this.credentials = credentials;
        this.endpoint = endpoint;
    }

    static FcmSender open(WakeUpSettings.Fcm settings) {
        try (InputStream file = Files.newInputStream(settings.serviceAccount())) {
            ServiceAccountCredentials account = ServiceAccountCredentials.fromStream(file);
            String project = Objects.requireNonNull(account.getProjectId(), "project_id");
            URI endpoint = settings.url().resolve("/v1/projects/" + project + "/messages:send");
            return new FcmSender(account.createScoped(SCOPE), endpoint);
        } catch (IOException | RuntimeException e) {
            throw new Refusal(
                    "KASSA_FCM_SERVICE_ACCOUNT: "
                            + settings.serviceAccount()
                            + " is no service account in JSON that can be read. Download it from the"
                            + " Firebase console.",
                    e);
        }
    }

    /** The message of the HTTP v1 API; high priority, or Android leaves the app asleep. */
    private record Message(String token, Map<String, SessionId> data, Android android) {
        record Android(String priority, String ttl) {}

        /** Without the token. */
        @Override
        public String toString() {
            return "Message" + data;
        }
    }

    @Override
    public Platform platform() {
        return Platform.ANDROID;
    }

    @Override
    public Result send(WakeUp wakeUp) throws InterruptedException {
        Message message =
                new Message(
                        wakeUp.pushToken(),
                        Map.of("sessionId", wakeUp.session()),
                        new Message.Android("HIGH", "600s"));
        try {
            credentials.refreshIfExpired();
            AccessToken access = Objects.requireNonNull(credentials.getAccessToken());
            HttpRequest request =
                    HttpRequest.newBuilder(endpoint)
                            .timeout(TIMEOUT)
                            .header("Authorization", "Bearer " + access.getTokenValue())
                            .header("Content-Type", "application/json")
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            Json.write(Map.of("message", message))))
                            .build();
            return result(http.send(request, HttpResponse.BodyHandlers.ofString()), wakeUp);
        } catch (IOException e) {
            LOG.warn("FCM did not take {}; trying again", wakeUp, e);
            return Result.NOT_NOW;
        }
    }

    private static Result result(HttpResponse<String> answer, WakeUp wakeUp) {
        int status = answer.statusCode();
        if (status == 200) {
            return Result.SENT;
        }
        List<String> codes = errorCodes(answer.body());
        if (codes.contains("UNREGISTERED")) {
            return Result.TOKEN_DEAD;
        }
        LOG.warn("FCM answered {} {} to {}", status, codes, wakeUp);
        return status == 429 || status >= 500 ? Result.NOT_NOW : Result.REFUSED;
    }

    private static List<String> errorCodes(String body) {
        try {
            JsonNode details = Json.MAPPER.readTree(body).path("error").path("details");
            return details.values().stream()
                    .map(detail -> detail.path("errorCode").asString(""))
                    .filter(code -> !code.isEmpty())
                    .toList();
        } catch (JacksonException e) {
            return List.of();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
