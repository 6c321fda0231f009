package dev.kassa.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.access.Role;
import dev.kassa.device.Devices;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.Limits;
import dev.kassa.location.Locations;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.RawClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** What is changed in the portal: with a token, within bounds, by somebody, on the record. */
class PortalFormsTest {
    /** Forms that need more than their address, and the test that holds their lines. */
    private static final Map<Class<?>, String> HELD_ELSEWHERE =
            Map.of(
                    BenchPagesTest.class, "/portal/playground/.*",
                    OrderPagesTest.class, "/portal/orders/.*",
                    PasskeyTest.class, "/portal/account/passkeys.*",
                    SecondFactorTest.class, "/portal/account/(app|recovery-codes).*");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    private PortalClient client(String email) {
        return new PortalClient(server.url(), email);
    }

    @Test
    void aFormWithoutItsTokenIsRefused() {
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        String session = merchant.session(merchant.device());
        String path = "/portal/sessions/" + session + "/cancel";
        assertThat(browser.post(path, "forged", Map.of()).statusCode()).isEqualTo(403);
        assertThat(merchant.status(session)).isEqualTo("CREATED");
        assertThat(browser.post(path, Map.of()).statusCode()).isEqualTo(302);
        assertThat(merchant.status(session)).isEqualTo("CANCELLED");
    }

    @Test
    void aFormIsReadWithinItsBounds() {
        String body = "x=" + "y".repeat(Limits.BODY_BYTES - 1);
        assertThat(
                        RawClient.exchange(
                                server.url(),
                                "POST /portal/login HTTP/1.1\r\nHost: localhost\r\n"
                                        + "Content-Type: application/x-www-form-urlencoded\r\n"
                                        + "Connection: close\r\nContent-Length: "
                                        + body.length()
                                        + "\r\n\r\n"
                                        + body))
                .startsWith("HTTP/1.1 413")
                .contains("text/html");
    }

    /** Somebody did it (I13): each form that changes something has its line in the audit log. */
    @Test
    void eachFormHasItsLine() {
        PortalClient browser = PortalClient.signedIn(merchant, Role.OWNER);
        PortalClient other = client(browser.email);
        var _ = other.signIn(PortalClient.PASSWORD);
        String session = merchant.session(merchant.device());
        Map<String, Supplier<Form>> forms = new TreeMap<>();
        forms.put(
                "/portal/sessions/{session_id}/cancel",
                () -> Form.empty("/portal/sessions/" + session + "/cancel"));
        forms.put(
                "/portal/account/sessions/{id}/end",
                () ->
                        Form.empty(
                                "/portal/account/sessions/"
                                        + text(
                                                "select portal_session_id::text from portal_session"
                                                        + " where user_name = ?"
                                                        + " order by created_at desc limit 1",
                                                browser.email)
                                        + "/end"));
        shops(forms);
        people(forms);
        Set<String> known = new TreeSet<>(forms.keySet());
        known.addAll(BuildFormsTest.LINES.keySet());
        assertThat(known).containsExactlyInAnyOrderElementsOf(formsOfPeople());
        for (var one : forms.entrySet()) {
            String form = one.getKey();
            Form filled = one.getValue().get();
            HttpResponse<String> answer = browser.post(filled.path(), filled.fields());
            assertThat(answer.statusCode())
                    .as("%s %s", form, answer.body())
                    // Not again with faults: that would be 400 or 409.
                    .isIn(200, 302);
            assertThat(
                            server.texts(
                                    "select actor from audit_entry where correlation_id = ?",
                                    answer.headers().firstValue("correlation-id").orElseThrow()))
                    .as(form)
                    .containsOnly("user:" + browser.email)
                    .isNotEmpty();
        }
        assertThat(other.get("/portal").statusCode()).as("its sign-in was ended").isEqualTo(302);
        assertThat(browser.get("/portal/audit").body())
                .contains("session.cancelled", "user:" + browser.email);
    }

    /** A form as somebody sends it. */
    private record Form(String path, Map<String, String> fields) {
        static Form empty(String path) {
            return new Form(path, Map.of());
        }
    }

    private String text(String sql, String parameter) {
        return server.texts(sql, parameter).getFirst();
    }

    private void shops(Map<String, Supplier<Form>> forms) {
        Map<String, String> place =
                Map.of("name", "Shop", "country", "SE", "time_zone", "Europe/Stockholm");
        Map<String, String> seen = new HashMap<>(place);
        seen.put(
                "seen",
                server.server
                        .part(Locations.class)
                        .get(merchant.id(), merchant.location())
                        .updatedAt()
                        .toString());
        DeviceId device = DeviceId.parse(merchant.device().id());
        Map<String, String> named =
                Map.of(
                        "name",
                        "Till",
                        "seen",
                        server.server.part(Devices.class).look(merchant.id(), device).version());
        forms.put("/portal/locations", () -> new Form("/portal/locations", place));
        forms.put(
                "/portal/locations/{location_id}",
                () -> new Form("/portal/locations/" + merchant.location(), seen));
        forms.put(
                "/portal/devices/{device_id}", () -> new Form("/portal/devices/" + device, named));
        forms.put(
                "/portal/devices/{device_id}/deregister",
                () -> Form.empty("/portal/devices/" + device + "/deregister"));
        forms.put(
                "/portal/enrollments",
                () ->
                        new Form(
                                "/portal/enrollments",
                                Map.of("location_id", merchant.location().toString())));
        forms.put(
                "/portal/enrollments/{enrollment_id}/withdraw",
                () ->
                        Form.empty(
                                "/portal/enrollments/"
                                        + text(
                                                "select enrollment_id::text from enrollment"
                                                        + " where merchant_id = ?"
                                                        + " and status = 'PENDING' limit 1",
                                                merchant.id().value())
                                        + "/withdraw"));
    }

    private void people(Map<String, Supplier<Form>> forms) {
        String bo = PortalClient.signedIn(merchant, Role.MANAGER).email;
        String email = "new@" + merchant.id().value().toLowerCase(Locale.ROOT) + ".example";
        forms.put(
                "/portal/users",
                () -> new Form("/portal/users", Map.of("email", email, "role", "clerk")));
        forms.put(
                "/portal/users/role",
                () -> new Form("/portal/users/role", Map.of("email", bo, "role", "support")));
        forms.put(
                "/portal/users/reset", () -> new Form("/portal/users/reset", Map.of("email", bo)));
        forms.put(
                "/portal/users/disable",
                () -> new Form("/portal/users/disable", Map.of("email", bo)));
        forms.put(
                "/portal/settings",
                () ->
                        new Form(
                                "/portal/settings",
                                Map.of("manual_capture", "true", "seen_manual_capture", "false")));
    }

    /** All that a signed-in user can send. */
    private List<String> formsOfPeople() {
        return server
                .server
                .part(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .stream()
                .filter(route ->
                        route.getMethodsCondition().getMethods().contains(RequestMethod.POST))
                .flatMap(route -> route.getPatternValues().stream())
                .filter(path -> path.startsWith("/portal/"))
                .filter(path -> HELD_ELSEWHERE.values().stream().noneMatch(path::matches))
                .filter(path ->
                        !path.startsWith("/portal/login") && !path.startsWith("/portal/invitation"))
                .toList();
    }

    @Test
    void nobodyEndsAnothersSignIn() {
        PortalClient ada = PortalClient.signedIn(merchant, Role.OWNER);
        PortalClient bo = PortalClient.signedIn(merchant, Role.OWNER);
        String of =
                server.texts(
                                "select portal_session_id::text from portal_session where user_name = ?",
                                ada.email)
                        .getFirst();
        assertThat(bo.post("/portal/account/sessions/" + of + "/end", Map.of()).statusCode())
                .isEqualTo(404);
        assertThat(ada.get("/portal").statusCode()).isEqualTo(200);
        assertThat(bo.get("/portal/account").body()).doesNotContain(of);
    }
}
