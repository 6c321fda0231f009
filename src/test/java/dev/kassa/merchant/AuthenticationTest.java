package dev.kassa.merchant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.Limits;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.testing.Answer;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticationTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private Answer get(@Nullable String authorization) {
        return new TestClient(server.url(), authorization)
                .get("/ipp/v1/sessions/01a1fc48-b660-734b-8437-2abdc869b65f");
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void bothFormsAreAccepted() {
        String key = merchant.key().key();
        get("Basic " + key).is(404);
        get("basic " + key).is(404);
        get(basic(merchant.key().username() + ":" + key)).is(404);
        get(basic(":" + key)).is(404);
    }

    @Test
    void anythingElseIsRefused() {
        String key = merchant.key().key();
        get(null).is(401);
        get("Basic").is(401);
        get("Bearer " + key).is(401);
        get("Basic " + key + "x").is(401);
        get("Basic kco_test_api_").is(401);
        get("Basic " + key.replace("_test_", "_live_")).is(401);
        get("Basic not base64 at all").is(401);
        get(basic(key)).is(401);
        get(basic("somebody:" + key)).is(401);
        get(basic(merchant.key().username() + ":wrong")).is(401);
        get(basic(server.merchant().key().username() + ":" + key)).is(401);
    }

    @Test
    void refusalTellsNothingButHowToAuthenticate() {
        Answer refused = get("Basic kco_test_api_secretsecretsecret").is(401);
        assertThat(refused.text("title")).isEqualTo("Unauthorized");
        assertThat(refused.text("detail")).startsWith("Access Denied");
        assertThat(refused.response().body()).doesNotContain("secretsecret");
    }

    /** Somebody who holds the key is told what else is wrong; a stranger only what they sent. */
    @Test
    void aRefusalSaysWhichPartIsWrong() {
        String key = merchant.key().key();
        String username = merchant.key().username();
        assertThat(why(null)).contains("there is no Authorization header");
        assertThat(why("Bearer " + key)).contains("does not begin with the word Basic");
        assertThat(why(basic("somebody:" + key))).contains("belongs to another user name");
        assertThat(why(basic(" " + username + ":" + key))).contains("belongs to another user name");
        for (String blank : List.of(key + " ", " " + key, key + "\n", "\u00a0" + key)) {
            assertThat(why(basic(username + ":" + blank))).contains("blank or a line break");
        }
        assertThat(why(basic("x:" + key.replace("_test_", "_live_")))).contains("of production");
        assertThat(why("Basic " + key.replace("_test_", "_live_"))).contains("of production");
        assertThat(why(basic(key + ":" + username))).contains("stands where the user name belongs");
        assertThat(why(basic(username + ":"))).contains("no API key behind the user name");
        assertThat(why(basic(username + ":secret"))).contains("begins with kco_test_api_");
        assertThat(why(basic(key))).contains("no colon");
        assertThat(why("Basic ???")).contains("neither an API key nor base64");
        assertThat(why(basic(username + ":" + key + "x")))
                .isEqualTo(why(basic("somebody:" + key + "x")))
                .isEqualTo(why("Basic kco_test_api_guess"))
                .contains("not known here");
        String revoked = server.server.part(ApiKeys.class).issue(merchant.id()).key();
        String name =
                server.texts(
                                "select username from api_key where merchant_id = ? order by created_at desc",
                                merchant.id().value())
                        .getFirst();
        assertThat(server.server.part(ApiKeys.class).revoke(merchant.id(), name)).isTrue();
        assertThat(why("Basic " + revoked)).isEqualTo(why("Basic kco_test_api_guess"));
    }

    private String why(@Nullable String authorization) {
        Answer refused = get(authorization).is(401);
        assertThat(refused.text("title")).isEqualTo("Unauthorized");
        assertThat(refused.text("detail")).startsWith("Access Denied: ").endsWith(".");
        assertThat(refused.response().body())
                .doesNotContain(merchant.key().key())
                .doesNotContain(merchant.key().username());
        return refused.text("detail");
    }

    /** What is answered as a password must open something. */
    @Test
    void aNameOfAnotherMerchantsGetsNoNewPassword() {
        Users users = server.server.part(Users.class);
        String name = "user of " + merchant.id();
        String password = users.setRandomPassword(merchant.id(), name);
        MerchantId other = server.merchant().id();
        assertThatThrownBy(() -> users.setRandomPassword(other, name)).isInstanceOf(Problem.class);
        assertThat(users.passwordMatches(merchant.id(), name, password)).isTrue();
        String renewed = users.setRandomPassword(merchant.id(), name);
        assertThat(users.passwordMatches(merchant.id(), name, renewed)).isTrue();
    }

    /**
     * A path that only decoding makes one of the API's must not slip past the filter: a stranger is
     * refused as at any other, and a merchant is served, or told that it is nobody's.
     */
    @ParameterizedTest
    @CsvSource({
        "/%69pp/v1/dev/devices, 201",
        "/ipp/v1/de%76/devices, 201",
        "/ipp;x=1/v1/dev/devices, 201",
        "/ipp/v1/nothing, 404"
    })
    void noWayAround(String path, int merchantsOwn) {
        assertThat(till(new TestClient(server.url(), null), path)).isEqualTo(401);
        assertThat(till(merchant.api(), path)).isEqualTo(merchantsOwn);
    }

    private static int till(TestClient client, String path) {
        return client.plain(
                        client.request(path)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"name\": \"Till\"}")))
                .statusCode();
    }

    @Test
    void aMerchantMayHaveSeveralKeysAndEndEach() {
        ApiKeys keys = server.server.part(ApiKeys.class);
        ApiKey second = keys.issue(merchant.id());
        get("Basic " + second.key()).is(404);
        get(basic(merchant.key().username() + ":" + second.key())).is(401);
        assertThat(keys.revoke(server.merchant().id(), second.username())).isFalse();
        assertThat(keys.revoke(merchant.id(), second.username())).isTrue();
        get("Basic " + second.key()).is(401);
        get("Basic " + merchant.key().key()).is(404);
    }

    /** A stranger behind the same proxy, say. */
    @Test
    void guessesAreSlowedAndWhoIsRightPasses() {
        try (TestServer own = TestServer.start()) {
            TestMerchant shop = own.merchant();
            TestMerchant.TestDevice device = shop.device();
            Answer answer = guess(own, "Basic kco_test_api_x0");
            for (int i = 1; answer.response().statusCode() == 401; i++) {
                assertThat(i).isLessThanOrEqualTo(2 * Limits.WRONG_CREDENTIALS_PER_ADDRESS);
                answer = guess(own, "Basic kco_test_api_x" + i);
            }
            answer.is(429);
            assertThat(answer.response().headers().firstValueAsLong("Retry-After").orElse(0))
                    .isEqualTo(1);
            guess(own, "Bearer kpos_x").is(401);
            own.merchant().api().get("/ipp/v1/locations").is(200);
            shop.api().get("/ipp/v1/locations").is(200);
            device.api().get("/pos/v1/sessions").is(200);
        }
    }

    private static Answer guess(TestServer server, String authorization) {
        return new TestClient(server.url(), authorization).get("/ipp/v1/locations");
    }

    /** Another node revokes: this one has only its memory to forget. */
    @Test
    void aKeyRevokedElsewhereIsRefusedWithinASecond() {
        get("Basic " + merchant.key().key()).is(404);
        int revoked =
                server.jdbc
                        .sql("update api_key set revoked_at = now() where username = ?")
                        .param(merchant.key().username())
                        .update();
        assertThat(revoked).isOne();
        long second = System.nanoTime() + 1_000_000_000L;
        Await.until(
                Duration.ofSeconds(5),
                () -> {
                    int status = get("Basic " + merchant.key().key()).response().statusCode();
                    assertThat(status).isIn(404, 401);
                    return System.nanoTime() >= second;
                });
        get("Basic " + merchant.key().key()).is(401);
    }

    @Test
    void merchantHeaderNeverSelects() {
        TestMerchant other = server.merchant();
        String session = merchant.session(merchant.device());
        Answer answer =
                other.api()
                        .send(
                                other.api()
                                        .request("/ipp/v1/sessions/" + session)
                                        .header("x-merchant-id", merchant.id().value()));
        answer.is(404);
    }

    @Test
    void aDeviceTokenIsNoApiKeyAndTheReverse() {
        TestMerchant.TestDevice device = merchant.device();
        device.api().get("/ipp/v1/sessions/" + merchant.session(device)).is(401);
        merchant.api().get("/pos/v1/sessions").is(401);
    }
}
