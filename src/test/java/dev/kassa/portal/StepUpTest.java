package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Forms that ask again who sends them: nothing is done before the answer, and nothing is lost. */
class StepUpTest {
    private static final String FORM = "/portal/account/recovery-codes";

    private final TestServer server = TestServer.start(MovableClock.stopped());
    private final TestMerchant merchant = server.merchant();

    /** Not at the server's own machine, where a playground takes anybody for its owner. */
    private final PortalClient ada =
            PortalClient.signedIn(merchant, Role.OWNER).from("203.0.113.9");

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(Map<String, String> fields) {
        return ada.post("/portal/account/app", fields);
    }

    @Test
    void aPasswordIsGoodForFiveMinutes() {
        assertThat(send(Map.of()).statusCode()).as("just signed in").isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(5));
        HttpResponse<String> asked = send(Map.of("note", "<b>kept</b>"));
        assertThat(asked.statusCode()).isEqualTo(403);
        assertThat(asked.body())
                .contains("type=\"password\" name=\"proof\"")
                .contains("name=\"note\" value=\"&lt;b&gt;kept&lt;/b&gt;\"")
                .contains("action=\"/portal/account/app\"")
                .doesNotContain("otpauth");
        HttpResponse<String> wrong = send(Map.of("proof", "not the password"));
        assertThat(wrong.statusCode()).isEqualTo(403);
        assertThat(wrong.body()).contains("The password is wrong.").doesNotContain("not the pass");
        assertThat(send(Map.of("proof", PortalClient.PASSWORD)).statusCode()).isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(4));
        assertThat(send(Map.of()).statusCode()).isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(1));
        assertThat(send(Map.of()).statusCode()).isEqualTo(403);
    }

    @Test
    void whoHasAFactorShowsThat() {
        Authenticator phone = Authenticator.of(ada, server.clock);
        server.clock.advance(Duration.ofMinutes(5));
        String before = codes();
        assertThat(ada.post(FORM, Map.of()).body()).contains("one-time-code");
        assertThat(ada.post(FORM, Map.of("proof", PortalClient.PASSWORD)).statusCode())
                .isEqualTo(403);
        assertThat(codes()).isEqualTo(before);
        assertThat(ada.post(FORM, Map.of("proof", phone.code())).statusCode()).isEqualTo(200);
        assertThat(codes()).isNotEqualTo(before);
    }

    private String codes() {
        return server.texts(
                        "select string_agg(code_hash, ' ' order by code_hash)"
                                + " from portal_recovery_code where user_name = ?",
                        ada.email)
                .getFirst();
    }

    @Test
    void guessesAreFew() {
        server.clock.advance(Duration.ofMinutes(5));
        for (int i = 0; i < 5; i++) {
            assertThat(send(Map.of("proof", "guess " + i)).body()).contains("is wrong");
        }
        assertThat(send(Map.of("proof", PortalClient.PASSWORD)).body()).contains("Too many tries");
    }

    /** Another browser of the same user is asked for itself. */
    @Test
    void anAnswerIsForItsBrowser() {
        PortalClient other = new PortalClient(server.url(), ada.email).from("203.0.113.9");
        var _ = other.signIn(PortalClient.PASSWORD);
        server.clock.advance(Duration.ofMinutes(5));
        assertThat(send(Map.of("proof", PortalClient.PASSWORD)).statusCode()).isEqualTo(200);
        assertThat(other.post("/portal/account/app", Map.of()).statusCode()).isEqualTo(403);
    }

    /** As the one click that opens it. */
    @Test
    void whoIsAtTheMachineOfAPlaygroundOnlyClicks() {
        PortalClient here = PortalClient.signedIn(merchant, Role.OWNER);
        server.clock.advance(Duration.ofMinutes(5));
        HttpResponse<String> asked = here.post("/portal/account/app", Map.of());
        assertThat(asked.statusCode()).isEqualTo(403);
        assertThat(asked.body()).doesNotContain("password");
        assertThat(here.post("/portal/account/app", Map.of("proof", "")).statusCode())
                .isEqualTo(200);
    }
}
