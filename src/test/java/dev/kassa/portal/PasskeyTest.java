package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Authenticator;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestPasskey;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A passkey as second factor: what it opens, and every answer that opens nothing. */
class PasskeyTest {
    private static final String CODE = "/portal/login/code";

    private static final TestServer SERVER = TestServer.start(MovableClock.stopped());

    private final TestMerchant merchant = SERVER.merchant();
    private final URI site = TestPasskey.site(SERVER.url());

    /** Not at the server's own machine, where a playground takes anybody for its owner. */
    private final PortalClient ada = somebody();

    private final TestPasskey key = new TestPasskey(site);
    private final List<String> recoveryCodes =
            Authenticator.recoveryCodes(TestPasskey.added(ada, key).body());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private PortalClient somebody() {
        return PortalClient.signedIn(merchant, Role.OWNER).at(site).from("203.0.113.9");
    }

    /** Another browser of a user, in which the password was typed. */
    private PortalClient withPassword(PortalClient user) {
        PortalClient browser = new PortalClient(site, user.email).from("203.0.113.9");
        assertThat(browser.signIn(PortalClient.PASSWORD).headers().firstValue("Location"))
                .hasValueSatisfying(next -> assertThat(next).contains(CODE));
        return browser;
    }

    private static JsonNode asked(PortalClient browser) {
        return TestPasskey.options(browser.get(CODE).body());
    }

    private static int answer(PortalClient browser, String answer) {
        return browser.post(CODE, Map.of("passkey", answer)).statusCode();
    }

    private static boolean isIn(PortalClient browser) {
        return browser.get("/portal").statusCode() == 200;
    }

    @Test
    void itOpensWhatThePasswordAloneDoesNot() {
        PortalClient browser = withPassword(ada);
        assertThat(isIn(browser)).isFalse();
        assertThat(answer(browser, key.signed(asked(browser)))).isEqualTo(302);
        assertThat(isIn(browser)).isTrue();
    }

    @Test
    void noAnswerIsTakenTwice() throws Exception {
        PortalClient bo = somebody();
        TestPasskey still = new TestPasskey(site);
        still.count = 0; // So that its count does not tell.
        assertThat(TestPasskey.added(bo, still).statusCode()).isEqualTo(200);
        PortalClient browser = withPassword(bo);
        String once = still.signed(asked(browser));
        long before = signIns(bo);
        var _ = AtOnce.run(3, i -> answer(browser.at(site), once));
        assertThat(signIns(bo)).isEqualTo(before + 1);
        PortalClient later = withPassword(bo);
        var _ = asked(later);
        assertThat(answer(later, once)).as("in another browser").isEqualTo(400);
        assertThat(isIn(later)).isFalse();
        SERVER.clock.advance(Duration.ofMinutes(5));
        String form = "/portal/account/recovery-codes";
        String proof = still.signed(TestPasskey.options(bo.post(form, Map.of()).body()));
        Map<String, String> fields = Map.of("proof", "", "passkey", proof);
        assertThat(bo.post(form, fields).statusCode()).isEqualTo(200);
        SERVER.clock.advance(Duration.ofMinutes(5));
        assertThat(bo.post(form, fields).statusCode()).isEqualTo(403);
    }

    private static long signIns(PortalClient user) {
        return SERVER.count(
                "select count(*) from audit_entry where action = 'user.signed_in' and subject = ?",
                user.email);
    }

    @Test
    void anAnswerIsForTheBrowserThatWasAsked() {
        PortalClient browser = withPassword(ada);
        PortalClient other = withPassword(ada);
        String answer = key.signed(asked(browser));
        var _ = asked(other);
        assertThat(answer(other, answer)).isEqualTo(400);
        assertThat(answer(browser, answer)).isEqualTo(302);
    }

    @Test
    void anothersPasskeyOpensNothing() {
        PortalClient bo = somebody();
        TestPasskey bos = new TestPasskey(site);
        assertThat(TestPasskey.added(bo, bos).statusCode()).isEqualTo(200);
        PortalClient browser = withPassword(ada);
        assertThat(answer(browser, bos.signed(asked(browser)))).isEqualTo(400);
        assertThat(isIn(browser)).isFalse();
        // Nor does a key that nobody has added.
        assertThat(answer(browser, new TestPasskey(site).signed(asked(browser)))).isEqualTo(400);
    }

    @Test
    void anAnswerToAnotherSiteOpensNothing() {
        PortalClient browser = withPassword(ada);
        for (String origin : List.of("http://kassa.example", site + "0", "https://localhost")) {
            key.origin = origin;
            assertThat(answer(browser, key.signed(asked(browser)))).as(origin).isEqualTo(400);
        }
        key.origin = site.toString();
        assertThat(answer(browser, key.signed(asked(browser)))).isEqualTo(302);
    }

    @Test
    void whatIsAskedIsGoodForFiveMinutes() {
        PortalClient browser = withPassword(ada);
        JsonNode options = asked(browser);
        SERVER.clock.advance(Duration.ofMinutes(5));
        assertThat(answer(browser, key.signed(options))).isEqualTo(400);
        options = asked(browser);
        SERVER.clock.advance(Duration.ofMinutes(4));
        assertThat(answer(browser, key.signed(options))).isEqualTo(302);
    }

    @Test
    void aCountThatGoesBackOpensNothing() {
        PortalClient browser = withPassword(ada);
        key.count = 7;
        assertThat(answer(browser, key.signed(asked(browser)))).isEqualTo(302);
        PortalClient copy = withPassword(ada);
        for (int count : List.of(7, 3, 0)) {
            key.count = count;
            assertThat(answer(copy, key.signed(asked(copy)))).as("%s", count).isEqualTo(400);
        }
        assertThat(isIn(copy)).isFalse();
        key.count = 8;
        assertThat(answer(copy, key.signed(asked(copy)))).isEqualTo(302);
    }

    /** As those of Apple and Google do not. */
    @Test
    void aPasskeyNeedNotCount() {
        PortalClient bo = somebody();
        TestPasskey still = new TestPasskey(site);
        still.count = 0;
        assertThat(TestPasskey.added(bo, still).statusCode()).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            PortalClient browser = withPassword(bo);
            assertThat(answer(browser, still.signed(asked(browser)))).isEqualTo(302);
        }
    }

    @Test
    void whatIsNoAnswerIsRefused() {
        PortalClient browser = withPassword(ada);
        JsonNode options = asked(browser);
        String right = key.signed(options);
        for (String answer :
                List.of(
                        "x",
                        "[]",
                        "{}",
                        "{\"rawId\":\"AA\"}",
                        "{\"rawId\":\"AA\",\"response\":{}}",
                        right.replaceFirst("\"signature\":\"", "\"signature\":\"!"),
                        right.replaceFirst("(\"authenticatorData\":\")[^\"]*", "$1AAAA"),
                        right.replaceFirst("(\"signature\":\")[^\"]*", "$1AAAA"),
                        right.replaceFirst("(\"clientDataJSON\":\")[^\"]*", "$1AAAA"))) {
            var _ = asked(browser);
            assertThat(answer(browser, answer)).as(answer).isEqualTo(400);
        }
        assertThat(isIn(browser)).isFalse();
        PortalClient bo = somebody();
        for (String made : List.of("", "{}", key.signed(options))) {
            HttpResponse<String> page = bo.post("/portal/account/passkeys/new", Map.of());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(
                            bo.post(
                                            "/portal/account/passkeys",
                                            Map.of("label", "Key", "made", made))
                                    .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void itConfirmsWhoSendsAForm() {
        SERVER.clock.advance(Duration.ofMinutes(5));
        String form = "/portal/account/recovery-codes";
        HttpResponse<String> asked = ada.post(form, Map.of());
        assertThat(asked.statusCode()).isEqualTo(403);
        TestPasskey wrong = new TestPasskey(site);
        HttpResponse<String> refused =
                ada.post(
                        form,
                        Map.of(
                                "proof",
                                "",
                                "passkey",
                                wrong.signed(TestPasskey.options(asked.body()))));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("No passkey was taken");
        String answer = key.signed(TestPasskey.options(refused.body()));
        assertThat(ada.post(form, Map.of("proof", "", "passkey", answer)).statusCode())
                .isEqualTo(200);
        assertThat(ada.post(form, Map.of()).statusCode()).as("five minutes").isEqualTo(200);
    }

    @Test
    void recoveryCodesComeWithTheFirstFactorAndGoWithTheLast() {
        assertThat(recoveryCodes).hasSize(10);
        PortalClient browser = withPassword(ada);
        assertThat(browser.post(CODE, Map.of("code", recoveryCodes.getFirst())).statusCode())
                .isEqualTo(302);
        Authenticator phone = Authenticator.of(ada, SERVER.clock);
        assertThat(phone.recoveryCodes).as("there are some").isEmpty();
        assertThat(TestPasskey.added(ada, new TestPasskey(site)).statusCode()).isEqualTo(302);
        assertThat(codesLeft()).isEqualTo(9);
        List<String> ids =
                SERVER.texts(
                        "select passkey_id::text from portal_passkey where user_name = ?",
                        ada.email);
        for (String id : ids) {
            assertThat(remove(ada, id)).isEqualTo(302);
        }
        assertThat(codesLeft()).as("the app is left").isEqualTo(9);
        assertThat(ada.post("/portal/account/app/remove", Map.of()).statusCode()).isEqualTo(302);
        assertThat(
                        SERVER.count(
                                "select count(*) from portal_recovery_code where user_name = ?",
                                ada.email))
                .isZero();
        PortalClient free = new PortalClient(site, ada.email);
        assertThat(free.signIn(PortalClient.PASSWORD).headers().firstValue("Location"))
                .hasValueSatisfying(next -> assertThat(next).endsWith("/portal"));
    }

    private long codesLeft() {
        return SERVER.count(
                "select count(*) from portal_recovery_code where used_at is null and user_name = ?",
                ada.email);
    }

    private static int remove(PortalClient browser, String id) {
        return browser.post("/portal/account/passkeys/" + id + "/remove", Map.of()).statusCode();
    }

    @Test
    void aRemovedPasskeyOpensNothingAndNobodyRemovesAnothers() {
        String id =
                SERVER.texts(
                                "select passkey_id::text from portal_passkey where user_name = ?",
                                ada.email)
                        .getFirst();
        assertThat(remove(somebody(), id)).isEqualTo(404);
        var _ = Authenticator.of(ada, SERVER.clock);
        PortalClient browser = withPassword(ada);
        String answer = key.signed(asked(browser));
        assertThat(remove(ada, id)).isEqualTo(302);
        assertThat(remove(ada, id)).isEqualTo(404);
        assertThat(answer(browser, answer)).isEqualTo(400);
        assertThat(isIn(browser)).isFalse();
    }

    @Test
    void aPasskeyIsAddedOnce() {
        HttpResponse<String> again = TestPasskey.added(ada, key);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(TestPasskey.added(somebody(), key).statusCode()).isEqualTo(409);
    }

    @Test
    void aUserHasSoManyPasskeys() {
        for (int i = 1; i < Limits.PASSKEYS_PER_USER; i++) {
            assertThat(TestPasskey.added(ada, new TestPasskey(site)).statusCode()).isEqualTo(302);
        }
        assertThat(ada.post("/portal/account/passkeys/new", Map.of()).statusCode()).isEqualTo(409);
    }

    @Test
    void aPasskeyHasANameOfSoManyCharacters() {
        PortalClient bo = somebody();
        for (String label : List.of(" ", "é".repeat(Limits.PASSKEY_LABEL_CHARS + 1))) {
            HttpResponse<String> refused = named(bo, label);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("A name of 1 to 60 characters.");
        }
        assertThat(named(bo, "é".repeat(Limits.PASSKEY_LABEL_CHARS)).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> named(PortalClient browser, String label) {
        JsonNode options =
                TestPasskey.options(browser.post("/portal/account/passkeys/new", Map.of()).body());
        return browser.post(
                "/portal/account/passkeys",
                Map.of("label", label, "made", new TestPasskey(site).made(options)));
    }

    /** Browsers make passkeys for names only. */
    @Test
    void anAddressWithoutANameOffersNone() {
        PortalClient here = ada.at(SERVER.url()).from("203.0.113.9");
        assertThat(here.get("/portal/account").body())
                .contains("Passkeys work only where")
                .doesNotContain("/portal/account/passkeys/new");
        assertThat(here.post("/portal/account/passkeys/new", Map.of()).statusCode()).isEqualTo(409);
        PortalClient browser = withPassword(ada).at(SERVER.url());
        assertThat(browser.get(CODE).body()).contains("one-time-code").doesNotContain("passkey");
    }

    @Test
    void allIsOnTheRecord() {
        PortalClient browser = withPassword(ada);
        assertThat(answer(browser, key.signed(asked(browser)))).isEqualTo(302);
        assertThat(
                        remove(
                                ada,
                                SERVER.texts(
                                                "select passkey_id::text from portal_passkey"
                                                        + " where user_name = ?",
                                                ada.email)
                                        .getFirst()))
                .isEqualTo(302);
        assertThat(
                        SERVER.texts(
                                "select action from audit_entry where subject = ? and actor = 'user:'"
                                        + " || subject order by audit_id",
                                ada.email))
                .containsExactly(
                        "user.password_chosen",
                        "user.signed_in",
                        "user.passkey_added",
                        "user.recovery_codes_made",
                        "user.signed_in",
                        "user.passkey_removed");
    }
}
