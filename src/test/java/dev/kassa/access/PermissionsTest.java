package dev.kassa.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.merchant.ApiKey;
import dev.kassa.merchant.ApiKeys;
import dev.kassa.merchant.KeyTerms;
import dev.kassa.server.Server;
import dev.kassa.testing.Answer;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Every operation with every role and every kind of credential; docs/permissions.md is the result.
 */
class PermissionsTest {
    private static final Path PAGE = Path.of("docs/permissions.md");

    private final TestServer server = TestServer.shared();
    private final TestMerchant merchant = server.merchant();

    /** An operation, and the method that answers it. */
    private record Route(String method, String path, Method handler) {
        boolean isOfPeople() {
            return path.startsWith("/portal");
        }

        boolean isOfDevices() {
            return path.startsWith("/pos/");
        }

        /** A request that is well-formed enough to be looked at, for things that do not exist. */
        HttpRequest.Builder request(TestClient client) {
            return client.request(path.replaceAll("\\{[^}]+}", UUID.randomUUID().toString()))
                    .timeout(Duration.ofSeconds(20))
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            method.equals("GET") || method.equals("DELETE")
                                    ? HttpRequest.BodyPublishers.noBody()
                                    : HttpRequest.BodyPublishers.ofString("{\"x\": 1}"));
        }
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        server.server
                .part(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, handler) -> {
                    for (var method : mapping.getMethodsCondition().getMethods()) {
                        for (String path : mapping.getPatternValues()) {
                            routes.add(new Route(method.name(), path, handler.getMethod()));
                        }
                    }
                });
        routes.sort((a, b) -> (a.path + a.method).compareTo(b.path + b.method));
        assertThat(routes).hasSizeGreaterThan(50);
        return routes;
    }

    private TestClient key(KeyTerms terms) {
        ApiKey key = server.server.part(ApiKeys.class).issue(merchant.id(), terms);
        return new TestClient(server.url(), "Basic " + key.key());
    }

    private static boolean isMissing(HttpResponse<String> answer) {
        return answer.statusCode() == 403 && answer.body().contains("lacks the permission");
    }

    /** A stream is open as long as it is allowed; whether it begins says enough. */
    private static boolean isStream(Route route) {
        return route.path.endsWith("/stream");
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aKeyWithTheRolesPermissionsMayDoThatAndNothingElse(Role role) {
        TestClient client = key(new KeyTerms(role.wire(), role.permissions(), null));
        for (Route route : routes()) {
            Permission needed = PermissionFilter.needed(route.handler).orElse(null);
            if (needed == null || route.isOfDevices() || route.isOfPeople()) {
                continue;
            }
            HttpResponse<String> answer = client.plain(route.request(client));
            assertThat(isMissing(answer))
                    .as("%s as %s: %s", route, role, answer.body())
                    .isEqualTo(!role.permissions().contains(needed));
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aUserOfTheRoleMayOpenThatAndNothingElse(Role role) {
        PortalClient user = PortalClient.signedIn(merchant, role);
        int tried = 0;
        for (Route route : routes()) {
            Permission needed = PermissionFilter.needed(route.handler).orElse(null);
            if (needed == null || !route.isOfPeople()) {
                continue;
            }
            tried++;
            String path = route.path.replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
            HttpResponse<String> answer =
                    route.method.equals("GET") ? user.get(path) : user.post(path, Map.of());
            assertThat(isMissing(answer))
                    .as("%s as %s: %s", route, role, answer.body())
                    .isEqualTo(!role.permissions().contains(needed));
        }
        assertThat(tried).isGreaterThan(5);
    }

    @Test
    void aFullKeyLacksNothing() {
        TestClient client = merchant.api();
        for (Route route : routes()) {
            if (!route.isOfDevices()) {
                assertThat(isMissing(client.plain(route.request(client))))
                        .as("%s", route)
                        .isFalse();
            }
        }
    }

    @Test
    void nothingIsOpenToOneWithoutACredentialOrWithOneOfTheOtherApi() {
        TestClient nobody = new TestClient(server.url(), null);
        TestClient device = merchant.device().api();
        for (Route route : routes()) {
            if (PermissionFilter.needed(route.handler).isEmpty()) {
                continue;
            }
            if (route.isOfPeople()) {
                for (TestClient client : List.of(nobody, merchant.api(), device)) {
                    HttpResponse<String> answer = client.plain(route.request(client));
                    assertThat(answer.statusCode())
                            .as("%s", route)
                            .isEqualTo(route.method.equals("GET") ? 302 : 403);
                    assertThat(answer.body()).doesNotContain("lacks the permission");
                }
                continue;
            }
            TestClient wrong = route.isOfDevices() ? merchant.api() : device;
            for (TestClient client : List.of(nobody, wrong)) {
                assertThat(client.plain(route.request(client)).statusCode())
                        .as("%s", route)
                        .isEqualTo(401);
            }
            if (route.isOfDevices() && !isStream(route)) {
                assertThat(device.plain(route.request(device)).statusCode())
                        .as("%s", route)
                        .isNotIn(401, 403);
            }
        }
    }

    /** What is kept under an idempotency key is told to nobody who may not do it. */
    @Test
    void anAnswerThatIsKeptIsNoWayAround() {
        String once = UUID.randomUUID().toString();
        TestMerchant.TestDevice device = merchant.device();
        String cart = TestMerchant.cart(device.id());
        merchant.api().postOnce(once, "/ipp/v1/sessions", cart).is(200);
        Answer refused =
                key(new KeyTerms("reader", Set.of(Permission.SESSIONS_READ), null))
                        .postOnce(once, "/ipp/v1/sessions", cart)
                        .is(403);
        assertThat(refused.text("detail")).contains("may not create payment sessions");
    }

    @Test
    void aKeyEndsAtItsEnd() {
        try (TestServer own = TestServer.start()) {
            TestMerchant of = own.merchant();
            Instant end = own.clock.instant().plus(Duration.ofHours(1));
            ApiKey key =
                    own.server.part(ApiKeys.class).issue(of.id(), new KeyTerms("temp", null, end));
            TestClient client = new TestClient(own.url(), "Basic " + key.key());
            client.get("/ipp/v1/devices").is(200);
            own.clock.advance(Duration.ofHours(1));
            assertThat(client.get("/ipp/v1/devices").is(401).text("detail")).contains("ended at");
        }
    }

    @Test
    void aKeysLastUseIsKept() {
        merchant.api().get("/ipp/v1/devices").is(200);
        server.run("key-uses");
        assertThat(server.server.part(ApiKeys.class).list(merchant.id()))
                .singleElement()
                .satisfies(key -> {
                    assertThat(key.lastUsedAddress()).isEqualTo("127.0.0.1");
                    assertThat(key.lastUsedAt()).isNotNull();
                });
    }

    /** A server with such an operation does not start. */
    @Test
    void anOperationThatSaysNothingIsFound() throws Exception {
        assertThat(DeclaredPermissions.isSilent(Server.class.getMethod("part", Class.class)))
                .isTrue();
        assertThat(routes()).noneMatch(route -> DeclaredPermissions.isSilent(route.handler));
    }

    @Test
    void aClerkHasTheAppOnlyAndADeveloperGivesNothingBack() {
        assertThat(Role.CLERK.permissions()).containsExactly(Permission.PAYMENTS_TAKE);
        assertThat(Role.DEVELOPER.permissions()).doesNotContain(Permission.ORDERS_REFUND);
        assertThat(Role.OWNER.permissions())
                .containsAll(EnumSet.complementOf(EnumSet.of(Permission.PAYMENTS_TAKE)));
    }

    @Test
    void thePageSaysTheSame() throws IOException {
        String page = page();
        if (Boolean.getBoolean("kassa.permissions.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private String page() {
        StringBuilder page =
                new StringBuilder(
                        """
                        # Permissions

                        Written by `PermissionsTest`, which tries every operation with every role and every kind of credential. An API
                        key without restriction may do all but take payments; a paired device may do what a clerk may.

                        """);
        List<Role> roles = List.of(Role.values());
        line(page, "Permission", "May", roles.stream().map(Role::wire).toList());
        page.append("|---|---").append("|---".repeat(roles.size())).append("|\n");
        for (Permission permission : Permission.values()) {
            line(
                    page,
                    "`" + permission.wire() + "`",
                    permission.description(),
                    roles.stream()
                            .map(role -> role.permissions().contains(permission) ? "yes" : "")
                            .toList());
        }
        page.append("\n| Operation | Needs |\n|---|---|\n");
        TreeMap<String, String> operations = new TreeMap<>();
        for (Route route : routes()) {
            NoCredential open = PermissionFilter.declared(route.handler, NoCredential.class);
            if (!route.path.equals("/error")) {
                operations.put(
                        "`" + route.path + "` " + route.method,
                        PermissionFilter.needed(route.handler)
                                .map(needed -> "`" + needed.wire() + "`")
                                .orElseGet(() -> "nothing. " + (open == null ? "" : open.why())));
            }
        }
        operations.forEach((operation, needs) ->
                page.append("| ").append(operation).append(" | ").append(needs).append(" |\n"));
        return page.toString();
    }

    private static void line(StringBuilder page, String first, String second, List<String> more) {
        page.append("| ").append(first).append(" | ").append(second).append(" | ");
        page.append(more.stream().collect(Collectors.joining(" | "))).append(" |\n");
    }
}
