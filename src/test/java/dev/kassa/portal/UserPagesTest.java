package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.access.Permission;
import dev.kassa.access.Role;
import dev.kassa.kernel.Problem;
import dev.kassa.merchant.PortalUser;
import dev.kassa.merchant.UserDetails;
import dev.kassa.merchant.Users;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.util.HtmlUtils;

/** People in the portal: who lets whom in, and who cannot be shut out. */
class UserPagesTest {
    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();
    private final PortalClient owner = PortalClient.signedIn(merchant, Role.OWNER);
    private final Users users = server.server.part(Users.class);

    private UserDetails user(String email) {
        return users.get(merchant.id(), email);
    }

    private String fresh() {
        return "new-" + UUID.randomUUID() + "@shop.example";
    }

    private static String link(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        Matcher link = Pattern.compile("(/portal/invitation/[^<\"]+)").matcher(answer.body());
        assertThat(link.find()).isTrue();
        return link.group(1);
    }

    @Test
    void anInvitationIsShownOnce() {
        String email = fresh();
        HttpResponse<String> answer =
                owner.post("/portal/users", Map.of("email", " " + email, "role", "manager"));
        String link = link(answer);
        assertThat(answer.body()).contains(server.url() + link);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        String token = link.replaceFirst(".*/", "");
        for (String page :
                List.of("/portal/users", "/portal/users/user?email=" + email, "/portal/audit")) {
            assertThat(owner.get(page).body()).contains(email).doesNotContain(token);
        }
        assertThat(user(email).invited()).isTrue();
        PortalClient them = new PortalClient(server.url(), email);
        assertThat(them.post(link, Map.of("password", PortalClient.PASSWORD)).statusCode())
                .isEqualTo(302);
        assertThat(user(email).invited()).isFalse();
        HttpResponse<String> again =
                owner.post("/portal/users", Map.of("email", email, "role", "manager"));
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("There is somebody with this e-mail address already.");
    }

    @Test
    void faultsStandAtTheirFields() {
        HttpResponse<String> refused =
                owner.post("/portal/users", Map.of("email", "<b>nobody", "role", "manager"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("id=\"fault-email\">An e-mail address", "&lt;b&gt;nobody")
                .doesNotContain("<b>");
        assertThat(owner.post("/portal/users", Map.of("email", fresh(), "role", "king")).body())
                .contains("id=\"fault-role\">Choose a role.");
    }

    @Test
    void aRoleCountsFromTheNextRequest() {
        PortalClient bo = PortalClient.signedIn(merchant, Role.OWNER);
        assertThat(bo.get("/portal/users").statusCode()).isEqualTo(200);
        assertThat(
                        owner.post(
                                        "/portal/users/role",
                                        Map.of("email", bo.email, "role", "accountant"))
                                .statusCode())
                .isEqualTo(302);
        assertThat(bo.get("/portal/users").statusCode()).isEqualTo(403);
        assertThat(bo.get("/portal/audit").statusCode()).isEqualTo(200);
    }

    @Test
    void whoIsDisabledIsOutAtOnce() {
        PortalClient bo = PortalClient.signedIn(merchant, Role.MANAGER);
        assertThat(owner.post("/portal/users/disable", Map.of("email", bo.email)).statusCode())
                .isEqualTo(302);
        assertThat(bo.get("/portal").statusCode()).isEqualTo(302);
        assertThat(
                        server.count(
                                "select count(*) from portal_session where user_name = ?",
                                bo.email))
                .isZero();
        assertThat(owner.post("/portal/users/disable", Map.of("email", bo.email)).statusCode())
                .isEqualTo(404);
        assertThat(owner.get("/portal/users").body()).contains("Disabled");
    }

    @Test
    void aResetEndsThePasswordAndAllSignIns() {
        PortalClient bo = PortalClient.signedIn(merchant, Role.MANAGER);
        String link = link(owner.post("/portal/users/reset", Map.of("email", bo.email)));
        assertThat(bo.get("/portal").statusCode()).isEqualTo(302);
        assertThat(bo.signIn(PortalClient.PASSWORD).headers().firstValue("Location").orElseThrow())
                .contains("?wrong");
        assertThat(bo.post(link, Map.of("password", "another long password")).statusCode())
                .isEqualTo(302);
        assertThat(bo.get("/portal").statusCode()).isEqualTo(200);
    }

    @Test
    void theLastOwnerStays() {
        String invited = fresh();
        users.invite(merchant.id(), invited, Role.OWNER);
        for (Map.Entry<String, Map<String, String>> form :
                Map.of(
                                "/portal/users/role",
                                        Map.of("email", owner.email, "role", "manager"),
                                "/portal/users/disable", Map.of("email", owner.email),
                                "/portal/users/reset", Map.of("email", owner.email))
                        .entrySet()) {
            HttpResponse<String> refused = owner.post(form.getKey(), form.getValue());
            assertThat(refused.statusCode()).as(form.getKey()).isEqualTo(409);
            assertThat(refused.body()).contains("This is the only owner who can sign in.");
        }
        assertThat(user(owner.email).role()).isEqualTo(Role.OWNER);
        assertThat(owner.get("/portal/users").statusCode()).isEqualTo(200);
        var _ = PortalClient.signedIn(merchant, Role.OWNER);
        assertThat(owner.post("/portal/users/disable", Map.of("email", owner.email)).statusCode())
                .isEqualTo(302);
        assertThat(owner.get("/portal").statusCode()).isEqualTo(302);
    }

    /** Two owners who let each other, or themselves, go at the same moment: one stays. */
    @ParameterizedTest
    @EnumSource(Race.class)
    void ofTwoOwnersOneStays(Race race) throws Exception {
        for (int i = 0; i < 20; i++) {
            TestMerchant shop = server.merchant();
            List<String> names =
                    Stream.of(1, 2)
                            .map(_ -> PortalClient.signedIn(shop, Role.OWNER).email)
                            .toList();
            List<PortalUser> owners =
                    names.stream().map(name -> users.find(name).orElseThrow()).toList();
            List<Future<String>> ended =
                    AtOnce.ended(
                            2,
                            n -> {
                                race.change(users, owners.get(n), owners.get(race.victim(n)));
                                return "";
                            });
            assertThat(ended)
                    .filteredOn(one -> one.state() == Future.State.FAILED)
                    .singleElement()
                    .satisfies(one ->
                            assertThat(one.exceptionNow())
                                    .isInstanceOf(Problem.class)
                                    .hasMessageContaining("only owner"));
            assertThat(users.list(shop.id()))
                    .filteredOn(one -> one.role() == Role.OWNER && one.disabledAt() == null)
                    .hasSize(1);
        }
    }

    /** What two owners do at once. */
    enum Race {
        DISABLE_EACH_OTHER,
        DISABLE_THEMSELVES,
        DEMOTE_EACH_OTHER,
        DEMOTE_THEMSELVES;

        int victim(int n) {
            return this == DISABLE_EACH_OTHER || this == DEMOTE_EACH_OTHER ? 1 - n : n;
        }

        void change(Users users, PortalUser by, PortalUser victim) {
            if (this == DISABLE_EACH_OTHER || this == DISABLE_THEMSELVES) {
                users.disable(by, victim.email());
            } else {
                users.changeRole(by, victim.email(), Role.SUPPORT);
            }
        }
    }

    /** By sets of permissions, for any two roles; the till counts with the devices. */
    @ParameterizedTest
    @EnumSource(Role.class)
    void nobodyHandsOutMoreThanTheyHave(Role own) {
        PortalUser by =
                new PortalUser(merchant.id(), "Shop", "by@shop.example", own, ZoneOffset.UTC);
        for (Role role : Role.values()) {
            boolean may =
                    role.permissions().stream()
                            .allMatch(one ->
                                    own.permissions().contains(one)
                                            || (one == Permission.PAYMENTS_TAKE
                                                    && own.permissions()
                                                            .contains(Permission.DEVICES_MANAGE)));
            assertThat(own.mayHandOut(role)).as("%s to %s", own, role).isEqualTo(may);
            String email = fresh();
            String of = fresh();
            users.invite(merchant.id(), of, role);
            if (may) {
                var _ = users.invite(by, email, role);
                users.changeRole(by, of, role);
                users.disable(by, of);
            } else {
                assertThatThrownBy(() -> users.invite(by, email, role))
                        .hasMessageContaining("may do what yours may not");
                for (ThrowingCallable change :
                        List.<ThrowingCallable>of(
                                () -> users.changeRole(by, of, own),
                                () -> users.reset(by, of),
                                () -> users.disable(by, of))) {
                    assertThatThrownBy(change).hasMessageContaining("may do what yours may not");
                }
                assertThat(user(of))
                        .extracting(UserDetails::role, UserDetails::disabledAt)
                        .containsExactly(role, null);
            }
        }
        assertThat(Arrays.stream(Role.values()).filter(Role.OWNER::mayHandOut))
                .as("an owner lets anybody in")
                .containsExactly(Role.values());
    }

    @Test
    void nobodySeesOrChangesAnothersUsers() {
        PortalClient foreign = PortalClient.signedIn(server.merchant(), Role.OWNER);
        assertThat(foreign.get("/portal/users").body()).doesNotContain(owner.email);
        assertThat(foreign.get("/portal/users/user?email=" + owner.email).statusCode())
                .isEqualTo(404);
        for (String form : List.of("role", "reset", "disable")) {
            assertThat(
                            foreign.post(
                                            "/portal/users/" + form,
                                            Map.of("email", owner.email, "role", "clerk"))
                                    .statusCode())
                    .as(form)
                    .isEqualTo(404);
        }
        assertThat(owner.get("/portal/users").statusCode()).isEqualTo(200);
    }

    @Test
    void namesAreText() {
        String name = "\"<b>'&+/%23\u0007" + UUID.randomUUID() + "@x";
        link(owner.post("/portal/users", Map.of("email", name, "role", "clerk")));
        String list = owner.get("/portal/users").body();
        assertThat(list).contains("&lt;b&gt;").doesNotContain("<b>");
        Matcher path =
                Pattern.compile("href=\"(/portal/users/user\\?email=%22[^\"]+)").matcher(list);
        assertThat(path.find()).isTrue();
        assertThat(owner.get(HtmlUtils.htmlUnescape(path.group(1))).body())
                .contains("&lt;b&gt;", "Disable")
                .doesNotContain("<b>");
        assertThat(owner.post("/portal/users/disable", Map.of("email", name)).statusCode())
                .isEqualTo(302);
    }

    @Test
    void theListSaysWhoCameWhenAndIsReadPageByPage() {
        for (int i = 0; i < 50; i++) {
            users.invite(merchant.id(), "a%02d-%s".formatted(i, fresh()), Role.CLERK);
        }
        String first = owner.get("/portal/users").body();
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)").matcher(first);
        assertThat(next.find()).isTrue();
        assertThat(first).contains("a49-").doesNotContain(">" + owner.email + "</span></a>");
        String second = owner.get(next.group(1)).body();
        assertThat(second).contains(">" + owner.email + "</span></a>").doesNotContain("a49-");
        assertThat(second).containsPattern("(?s)<tbody>.*<time .*<time ");
    }
}
