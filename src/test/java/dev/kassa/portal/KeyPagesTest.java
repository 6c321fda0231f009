package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.access.Role;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.KeyDetails;
import dev.kassa.merchant.KeyTerms;
import dev.kassa.merchant.PortalUser;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** API keys in the portal: made within what their maker may do, shown once, revoked. */
class KeyPagesTest {
    private static final String PATH = "/portal/keys";
    private static final Pattern KEY = Pattern.compile("kco_test_api_[\\w-]+");
    private static final Pattern USER = Pattern.compile(">([A-Z0-9]+-[a-z0-9]{6})<");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient owner = PortalClient.signedIn(merchant, Role.OWNER);

    private static String find(Pattern pattern, HttpResponse<String> page) {
        Matcher found = pattern.matcher(page.body());
        assertThat(found.find()).as(page.body()).isTrue();
        return found.group(found.groupCount());
    }

    private List<KeyDetails> keys() {
        return server.server.part(ApiKeys.class).newest(merchant.id(), null, 100);
    }

    private TestClient api(String key) {
        return new TestClient(server.url(), "Basic " + key);
    }

    @Test
    void aKeyIsShownByTheAnswerToItsFormAndWorksUntilItIsRevoked() {
        HttpResponse<String> made =
                owner.post(
                        PATH,
                        Map.of("name", "reports", "scope", "some", "permissions", "devices.read"));
        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(made.headers().firstValue("Cache-Control")).hasValue("no-store");
        String key = find(KEY, made);
        String user = find(USER, made);
        assertThat(made.body())
                .contains("curl -u " + user + ":" + key + " http", "/ipp/v1/devices");
        assertThat(owner.get(PATH).body())
                .contains("reports", user, "devices.read")
                .doesNotContain(key);
        assertThat(owner.get("/portal/audit").body()).contains("key.created").doesNotContain(key);

        api(key).get("/ipp/v1/devices").is(200);
        api(key).get("/ipp/v1/locations").is(403);
        server.run("key-uses");
        HttpResponse<String> confirm = owner.get(PATH + "/" + user + "/revoke");
        assertThat(confirm.body()).contains("Revoke " + user, "It was used 0", "from 127.0.0.1");
        assertThat(owner.post(PATH + "/" + user + "/revoke", Map.of()).statusCode()).isEqualTo(302);
        api(key).get("/ipp/v1/devices").is(401);
        assertThat(owner.get(PATH).body()).contains("Revoked");
        assertThat(owner.get(PATH + "/" + user + "/revoke").statusCode()).isEqualTo(404);
        assertThat(owner.post(PATH + "/" + user + "/revoke", Map.of()).statusCode()).isEqualTo(404);
    }

    @Test
    void anOwnerMayGiveEverything() {
        HttpResponse<String> made = owner.post(PATH, Map.of("name", "", "scope", "all"));
        assertThat(made.statusCode()).isEqualTo(200);
        assertThat(keys().getFirst().permissions()).isNull();
        assertThat(keys().getFirst().name()).isNull();
    }

    /** A developer gives no money back, so no key of theirs does. */
    @ParameterizedTest
    @ValueSource(strings = {"orders.refund", "users.manage", "payments.take", "settings.manage"})
    void nobodyGivesAwayWhatTheyLack(String permission) {
        PortalClient developer = PortalClient.signedIn(merchant, Role.DEVELOPER);
        assertThat(developer.get(PATH + "/new").body())
                .contains("events.read", "what your own role may")
                .doesNotContain(permission, "value=\"all\"");
        int before = keys().size();
        for (Map<String, String> form :
                List.of(
                        Map.of("scope", "some", "permissions", permission),
                        Map.of("scope", "some", "permissions", "events.read," + permission),
                        Map.of("scope", "all", "permissions", "events.read"))) {
            HttpResponse<String> refused = developer.post(PATH, form);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body())
                    .contains("Choose only what your own role may.")
                    .doesNotContain("kco_test_api_");
        }
        assertThat(keys()).hasSize(before);
        assertThat(
                        developer
                                .post(PATH, Map.of("scope", "some", "permissions", "events.read"))
                                .statusCode())
                .isEqualTo(200);
        assertThat(keys()).hasSize(before + 1);
    }

    /** Whatever a page says, the rule is where keys are made. */
    @Test
    void theRuleIsWhereKeysAreMade() {
        ApiKeys keys = server.server.part(ApiKeys.class);
        for (Role role : Role.values()) {
            PortalUser user =
                    new PortalUser(merchant.id(), "Test", "a@b.example", role, ZoneOffset.UTC);
            KeyTerms same = new KeyTerms(null, role.permissions(), null);
            assertThat(keys.issue(user, same).key()).isNotEmpty();
            if (role != Role.OWNER) {
                assertThatThrownBy(() -> keys.issue(user, KeyTerms.FULL))
                        .isInstanceOf(Problem.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "some,'','',Choose at least one.",
        "some,nonsense,'',Must be one of",
        "all,'',2020-01-01,Choose a day that is not past.",
        "all,'',tomorrow,Choose a day that is not past.",
        "all,'',+999999999-12-31,Choose a day that is not past."
    })
    void whatIsWrongStandsAtItsFieldAndWhatWasTypedIsKept(
            String scope, String permissions, String expires, String words) {
        String name = "<b>reports</b>";
        HttpResponse<String> again =
                owner.post(
                        PATH,
                        Map.of(
                                "name",
                                name,
                                "scope",
                                scope,
                                "permissions",
                                permissions,
                                "expires",
                                expires));
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body())
                .contains(words, "&lt;b&gt;reports&lt;/b&gt;", "value=\"" + expires + "\"")
                .containsPattern("value=\"" + scope + "\" checked")
                .doesNotContain("<b>reports");
        assertThat(keys()).hasSize(1);
    }

    @Test
    void aNameHasItsLimit() {
        Map<String, String> form = Map.of("name", "å".repeat(101), "scope", "all");
        assertThat(owner.post(PATH, form).body()).contains("At most 100 characters.");
        PortalClient svensk = PortalClient.signedIn(merchant, Role.OWNER).speaking("sv");
        assertThat(svensk.post(PATH, form).body()).contains("Högst 100 tecken.");
    }

    @Test
    void aKeyEndsAfterItsLastDay() {
        try (TestServer own = TestServer.start()) {
            TestMerchant theirs = own.merchant();
            PortalClient user = PortalClient.signedIn(theirs, Role.OWNER);
            String today = own.clock.instant().toString().substring(0, 10);
            HttpResponse<String> made = user.post(PATH, Map.of("scope", "all", "expires", today));
            TestClient api = new TestClient(own.url(), "Basic " + find(KEY, made));
            api.get("/ipp/v1/devices").is(200);
            assertThat(user.get(PATH).body()).contains("Valid");
            own.clock.advance(Duration.ofDays(1));
            api.get("/ipp/v1/devices").is(401);
            assertThat(PortalClient.signedIn(theirs, Role.OWNER).get(PATH).body())
                    .contains("Ended");
        }
    }

    @Test
    void anothersIsNotThere() {
        String user = keys().getFirst().username();
        PortalClient stranger = PortalClient.signedIn(server.merchant(), Role.OWNER);
        assertThat(stranger.get(PATH + "/" + user + "/revoke").statusCode()).isEqualTo(404);
        assertThat(stranger.post(PATH + "/" + user + "/revoke", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(stranger.get(PATH).body()).doesNotContain(user);
        assertThat(stranger.get(PATH + "?before=" + user).body()).doesNotContain(user);
        assertThat(owner.get(PATH + "/%27/revoke").statusCode()).isEqualTo(404);
        merchant.api().get("/ipp/v1/devices").is(200);
    }

    @Test
    void keysArePagedByTheirPlace() {
        for (int i = 0; i < 60; i++) {
            var _ = server.server.part(ApiKeys.class).issue(merchant.id());
        }
        String first = owner.get(PATH).body();
        assertThat(first.split("/revoke\"", -1)).hasSize(51);
        String before = first.replaceFirst("(?s).*[?&;]before=([\\w-]+).*", "$1");
        String second = owner.get(PATH + "?before=" + before).body();
        assertThat(second.split("/revoke\"", -1)).hasSize(12);
        assertThat(second).doesNotContain("before=");
    }

    @Test
    void whoManagesNoKeysSeesNone() {
        for (Role role : List.of(Role.MANAGER, Role.ACCOUNTANT, Role.SUPPORT, Role.CLERK)) {
            PortalClient user = PortalClient.signedIn(merchant, role);
            assertThat(user.get(PATH).statusCode()).isEqualTo(403);
            assertThat(user.get(PATH + "/new").statusCode()).isEqualTo(403);
            assertThat(user.post(PATH, Map.of("scope", "all")).statusCode()).isEqualTo(403);
            assertThat(user.get("/portal").body()).doesNotContain(PATH);
        }
        assertThat(keys()).hasSize(1);
    }
}
