package dev.kassa.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.eatthepath.pushy.apns.ApnsPushNotification;
import com.eatthepath.pushy.apns.DeliveryPriority;
import com.eatthepath.pushy.apns.PushType;
import com.eatthepath.pushy.apns.server.RejectionReason;
import dev.kassa.http.Json;
import dev.kassa.kernel.Refusal;
import dev.kassa.testing.Answer;
import dev.kassa.testing.DeviceStream;
import dev.kassa.testing.FakeApns;
import dev.kassa.testing.FakeFcm;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Sleeping devices are woken through Google and Apple, each played by a local server. */
class WakeUpTest {
    private static final FakeFcm FCM = FakeFcm.start();
    private static final FakeApns APNS = apns();
    private static final TestServer SERVER = server();

    private final TestServer server = SERVER;
    private final TestMerchant merchant = server.merchant();

    private static FakeApns apns() {
        try {
            return FakeApns.start();
        } catch (IOException | GeneralSecurityException | ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static TestServer server() {
        try {
            return TestServer.start(
                    Map.of(
                            "KASSA_FCM_SERVICE_ACCOUNT", FCM.serviceAccount().toString(),
                            "KASSA_FCM_URL", FCM.url().toString(),
                            "KASSA_APNS_KEY", APNS.key().toString(),
                            "KASSA_APNS_KEY_ID", FakeApns.KEY_ID,
                            "KASSA_APNS_TEAM_ID", FakeApns.TEAM_ID,
                            "KASSA_APNS_TOPIC", FakeApns.TOPIC,
                            "KASSA_APNS_URL", APNS.url().toString(),
                            "KASSA_APNS_CA", APNS.certificate().toString()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void stop() {
        SERVER.close();
        FCM.close();
        APNS.close();
    }

    private TestMerchant.TestDevice phone(String platform, String pushToken) {
        String code =
                merchant.api().post("/ipp/v1/enrollments", "{}").is(201).text("enrollment_code");
        Answer paired =
                new TestClient(server.url(), null)
                        .post(
                                "/pos/v1/devices",
                                """
                                {"enrollment_code": "%s", "hardware_id": "%s", "name": "Phone",
                                 "platform": "%s", "push_token": "%s"}
                                """
                                        .formatted(code, code, platform, pushToken))
                        .is(201);
        return new TestMerchant.TestDevice(
                paired.text("id"),
                new TestClient(
                        server.url(), "Bearer " + paired.text("credentials", "bearer_token")));
    }

    private String pushToken(TestMerchant.TestDevice device) {
        return server.texts("select push_token from device where device_id = ?::uuid", device.id())
                .getFirst();
    }

    @Test
    void anAndroidAppIsWokenThroughGoogle() throws InterruptedException {
        String session = merchant.session(phone("ANDROID", "token-of-the-app"));
        JsonNode message = FCM.next();
        assertThat(message)
                .isEqualTo(
                        Json.MAPPER.readTree(
                                """
                                {"token": "token-of-the-app", "data": {"sessionId": "%s"},
                                 "android": {"priority": "HIGH", "ttl": "600s"}}
                                """
                                        .formatted(session)));
        assertThat(FCM.faults).isEmpty();
        assertThat(
                        server.count(
                                "select count(woken_at) from session_push where session_id = ?::uuid",
                                session))
                .isOne();
    }

    @Test
    void anIosAppIsWokenThroughApple() throws InterruptedException {
        String session = merchant.session(phone("IOS", FakeApns.ALIVE));
        ApnsPushNotification notification = APNS.next();
        assertThat(notification.getToken()).isEqualTo(FakeApns.ALIVE);
        assertThat(notification.getTopic()).isEqualTo(FakeApns.TOPIC);
        assertThat(notification.getPushType()).isEqualTo(PushType.BACKGROUND);
        assertThat(notification.getPriority()).isEqualTo(DeliveryPriority.CONSERVE_POWER);
        assertThat(Json.MAPPER.readTree(notification.getPayload()))
                .isEqualTo(
                        Json.MAPPER.readTree(
                                "{\"aps\": {\"content-available\": 1}, \"sessionId\": \"%s\"}"
                                        .formatted(session)));
    }

    @Test
    void deadTokensAreForgotten() throws InterruptedException {
        TestMerchant.TestDevice android = phone("ANDROID", FakeFcm.DEAD);
        TestMerchant.TestDevice iphone = phone("IOS", FakeApns.GONE);
        TestMerchant.TestDevice garbled = phone("IOS", "no-token-of-apple");
        List.of(android, iphone, garbled).forEach(merchant::session);
        assertThat(List.of(APNS.rejection(), APNS.rejection()))
                .containsExactlyInAnyOrder(
                        RejectionReason.UNREGISTERED, RejectionReason.BAD_DEVICE_TOKEN);
        assertThat(FCM.next().path("token").asString()).isEqualTo(FakeFcm.DEAD);
        for (TestMerchant.TestDevice device : List.of(android, iphone, garbled)) {
            DeviceStream.await(() -> pushToken(device).equals("null"));
        }
        android.api().put("/pos/v1/push-token", "{\"push_token\": \"renewed\"}").is(204);
        String session = merchant.session(android);
        JsonNode message = FCM.next();
        assertThat(message.path("token").asString()).isEqualTo("renewed");
        assertThat(message.at("/data/sessionId").asString()).isEqualTo(session);
    }

    @Test
    void aDeviceThatListensIsLeftAlone() throws InterruptedException {
        TestMerchant.TestDevice device = phone("ANDROID", "awake");
        try (DeviceStream stream = DeviceStream.open(device, null)) {
            String session = merchant.session(device);
            assertThat(stream.next().session()).isEqualTo(session);
            server.run("pushes");
            server.clock.advance(Duration.ofSeconds(2));
            server.run("wake-ups");
            assertThat(
                            server.count(
                                    "select count(woken_at) from session_push"
                                            + " where session_id = ?::uuid",
                                    session))
                    .isZero();
        }
    }

    @Test
    void aPushServiceThatIsBusyIsAskedAgain() throws InterruptedException {
        merchant.session(phone("ANDROID", FakeFcm.BUSY));
        JsonNode first = FCM.next();
        assertThat(first.path("token").asString()).isEqualTo(FakeFcm.BUSY);
        String given = first.at("/data/sessionId").asString();
        DeviceStream.await(() ->
                server.count(
                                "select count(*) from session_push where woken_at is null"
                                        + " and session_id = ?::uuid",
                                given)
                        == 1);
        server.clock.advance(Duration.ofSeconds(10));
        DeviceStream.await(() -> {
            server.run("wake-ups");
            return !FCM.isEmpty();
        });
        assertThat(FCM.next()).isEqualTo(first);
    }

    @Test
    void credentialsThatCannotBeReadAreRefusedAtTheStart() throws IOException {
        Path empty = Files.createTempFile("none", ".json");
        Map<String, String> apns =
                Map.of(
                        "KASSA_APNS_KEY", empty.toString(),
                        "KASSA_APNS_KEY_ID", "1",
                        "KASSA_APNS_TEAM_ID", "1",
                        "KASSA_APNS_TOPIC", "1");
        for (Map<String, String> settings :
                List.of(Map.of("KASSA_FCM_SERVICE_ACCOUNT", empty.toString()), apns)) {
            assertThatThrownBy(() -> TestServer.start(settings).close())
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining(
                            settings.equals(apns) ? "KASSA_APNS_KEY" : "KASSA_FCM_SERVICE")
                    .hasMessageContaining(empty.toString());
        }
        assertThatThrownBy(
                        () -> TestServer.start(Map.of("KASSA_APNS_KEY", empty.toString())).close())
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("KASSA_APNS_TOPIC must not be empty");
    }
}
