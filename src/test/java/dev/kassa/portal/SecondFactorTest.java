package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.merchant.Users;
import dev.kassa.signin.SecondFactors;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A second factor: what it protects, that no code is taken twice, and the way back without it. */
class SecondFactorTest {
    private static final Duration STEP = Duration.ofSeconds(30);

    private final TestServer server = TestServer.start(MovableClock.stopped());
    private final TestMerchant merchant = server.merchant();
    private final PortalClient ada = PortalClient.signedIn(merchant, Role.OWNER);
    private final Authenticator phone = Authenticator.of(ada, server.clock);

    @AfterEach
    void stop() {
        server.close();
    }

    /** Another browser, in which the password was typed. */
    private PortalClient withPassword() {
        PortalClient browser = new PortalClient(server.url(), ada.email);
        assertThat(location(browser.signIn(PortalClient.PASSWORD)))
                .startsWith("/portal/login/code?next=");
        return browser;
    }

    private static HttpResponse<String> code(PortalClient browser, String code) {
        return browser.post("/portal/login/code", Map.of("code", code));
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers()
                .firstValue("Location")
                .orElse("")
                .replaceFirst("^https?://[^/]+", "");
    }

    private boolean isIn(PortalClient browser) {
        return browser.get("/portal").statusCode() == 200;
    }

    @Test
    void thePasswordAloneOpensNothing() {
        PortalClient browser = withPassword();
        for (String path :
                List.of("/portal", "/portal/sessions", "/portal/account", "/portal/audit")) {
            assertThat(browser.get(path).statusCode()).as(path).isEqualTo(302);
        }
        String session = merchant.session(merchant.device());
        var _ = browser.post("/portal/sessions/" + session + "/cancel", Map.of());
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        // The first code of the app was taken when it was added.
        assertThat(code(browser, phone.code()).statusCode()).isEqualTo(400);
        server.clock.advance(STEP);
        assertThat(location(code(browser, phone.code()))).isEqualTo("/portal");
        assertThat(isIn(browser)).isTrue();
    }

    @Test
    void noCodeIsTakenTwice() throws Exception {
        server.clock.advance(STEP);
        String once = phone.code();
        List<PortalClient> browsers = List.of(withPassword(), withPassword(), withPassword());
        List<Integer> answers = AtOnce.run(3, i -> code(browsers.get(i), once).statusCode());
        assertThat(answers).containsExactlyInAnyOrder(302, 400, 400);
        assertThat(browsers).filteredOn(this::isIn).hasSize(1);
    }

    @Test
    void aCodeIsGoodForItsStepAndTheNext() {
        server.clock.advance(STEP.multipliedBy(3));
        String old = phone.code();
        server.clock.advance(STEP.multipliedBy(2));
        assertThat(code(withPassword(), old).statusCode()).isEqualTo(400);
        String last = phone.code();
        server.clock.advance(STEP);
        assertThat(code(withPassword(), last).statusCode()).isEqualTo(302);
    }

    @Test
    void guessesAreFew() {
        server.clock.advance(STEP);
        PortalClient browser = withPassword();
        for (int i = 0; i < 5; i++) {
            assertThat(code(browser, "00000" + i).body()).contains("wrong or was used");
        }
        assertThat(code(browser, phone.code()).body()).contains("Too many tries");
        assertThat(isIn(browser)).isFalse();
    }

    @Test
    void aRecoveryCodeLetsInOnce() {
        assertThat(phone.recoveryCodes).hasSize(10).doesNotHaveDuplicates();
        String code = phone.recoveryCodes.getFirst();
        PortalClient browser = withPassword();
        assertThat(code(browser, code.toUpperCase(Locale.ROOT)).statusCode()).isEqualTo(302);
        assertThat(isIn(browser)).isTrue();
        assertThat(code(withPassword(), code).statusCode()).isEqualTo(400);
        assertThat(ada.get("/portal/account").body()).contains(">9<");
        List<String> anew =
                Authenticator.recoveryCodes(
                        ada.post("/portal/account/recovery-codes", Map.of()).body());
        assertThat(anew).hasSize(10).doesNotContainAnyElementsOf(phone.recoveryCodes);
        assertThat(code(withPassword(), phone.recoveryCodes.get(1)).statusCode()).isEqualTo(400);
        assertThat(code(withPassword(), anew.getLast()).statusCode()).isEqualTo(302);
    }

    @Test
    void thePasswordWaitsTenMinutes() {
        PortalClient browser = withPassword();
        server.clock.advance(Duration.ofMinutes(11));
        assertThat(location(code(browser, phone.code()))).isEqualTo("/portal/login");
        assertThat(isIn(browser)).isFalse();
    }

    /** Whoever gets hold of an invitation's link still has no phone. */
    @Test
    void aNewPasswordDoesNotReplaceTheFactor() {
        String token = server.server.part(Users.class).reset(merchant.id(), ada.email);
        PortalClient browser = new PortalClient(server.url(), ada.email);
        HttpResponse<String> chosen =
                browser.post(
                        "/portal/invitation/" + token, Map.of("password", "another long password"));
        assertThat(location(chosen)).startsWith("/portal/login/code");
        assertThat(isIn(browser)).isFalse();
    }

    @Test
    void oneAppIsEnough() {
        String before =
                server.texts("select sealed_secret from portal_totp where user_name = ?", ada.email)
                        .getFirst();
        assertThat(before).as("sealed").matches("k\\d+:.+");
        assertThat(Authenticator.of(ada, server.clock).recoveryCodes).isEmpty();
        assertThat(
                        server.texts(
                                "select sealed_secret from portal_totp where user_name = ?",
                                ada.email))
                .containsExactly(before);
        assertThat(ada.post("/portal/account/app/remove", Map.of()).statusCode()).isEqualTo(302);
        assertThat(
                        location(
                                new PortalClient(server.url(), ada.email)
                                        .signIn(PortalClient.PASSWORD)))
                .isEqualTo("/portal");
    }

    @Test
    void allIsOnTheRecord() {
        assertThat(code(withPassword(), phone.recoveryCodes.getFirst()).statusCode())
                .isEqualTo(302);
        var _ = ada.post("/portal/account/recovery-codes", Map.of());
        var _ = ada.post("/portal/account/app/remove", Map.of());
        assertThat(
                        server.texts(
                                "select action from audit_entry where subject = ? and actor = 'user:'"
                                        + " || subject order by audit_id",
                                ada.email))
                .containsExactly(
                        "user.password_chosen",
                        "user.signed_in",
                        "user.totp_added",
                        "user.recovery_codes_made",
                        "user.recovery_code_used",
                        "user.signed_in",
                        "user.recovery_codes_made",
                        "user.totp_removed");
    }

    /** As the operator does for somebody who has lost phone and codes. */
    @Test
    void whatIsLostIsForgotten() {
        server.server
                .part(SecondFactors.class)
                .forget(server.server.part(Users.class).find(ada.email).orElseThrow());
        PortalClient browser = new PortalClient(server.url(), ada.email);
        assertThat(location(browser.signIn(PortalClient.PASSWORD))).isEqualTo("/portal");
        assertThat(
                        server.count(
                                "select count(*) from portal_recovery_code where user_name = ?",
                                ada.email))
                .isZero();
    }
}
