package dev.kassa.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Limits;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestServer;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The OpenAPI files name every route, and every route they name is there. */
class ReferenceTest {
    private final TestServer server = TestServer.shared();

    @Test
    void routesAndFilesAgree() {
        Set<String> routes = new TreeSet<>();
        server.server
                .part(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(mapping ->
                        mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method ->
                                        mapping.getPatternValues()
                                                .forEach(path -> routes.add(method + " " + path))));
        routes.removeIf(route ->
                Stream.of(" /openapi/", " /pay/", " /r/", " /portal").anyMatch(route::contains));
        assertThat(routes).isEqualTo(Contract.routes());
    }

    @Test
    void theFilesNameTheLargestBodies() {
        for (String route : Contract.routes()) {
            assertThat(server.bodyLimit(route))
                    .as(route)
                    .isEqualTo(Contract.bodyLimit(route).orElse(Limits.BODY_BYTES));
        }
    }

    @Test
    void theDocumentedOperationsAreThere() {
        assertThat(Contract.operationIds())
                .contains(
                        "simulateCardTap",
                        "createSimulatedDevice",
                        "listEnrollments",
                        "createEnrollment",
                        "deleteEnrollments",
                        "listLocations",
                        "getLocation",
                        "updateDevice",
                        "deregisterDevice",
                        "listDevices",
                        "cancelSession",
                        "createSession",
                        "getSession");
    }

    @Test
    void everyReferenceInTheFilesLeadsSomewhere() {
        assertThat(Contract.danglingReferences()).isEmpty();
    }

    @Test
    void everyExampleIsWhatItsSchemaSays() {
        assertThat(Contract.invalidExamples()).isEmpty();
    }

    @Test
    void filesAndPageAreServedFromTheJarAlone() throws Exception {
        assertThat(get("/openapi/ipp.yaml")).startsWith("openapi: 3.1");
        assertThat(get("/openapi/ipp.json")).startsWith("{\"openapi\":\"3.1");
        assertThat(get("/openapi/pos.yaml")).startsWith("openapi: 3.1");
        assertThat(get("/docs/"))
                .contains("swagger-ui-bundle.js")
                .doesNotContain("http:", "https:");
        assertThat(get("/docs/reference.js")).contains("/openapi/ipp.yaml");
        for (String asset :
                Set.of(
                        "swagger-ui.css",
                        "swagger-ui-bundle.js",
                        "swagger-ui-standalone-preset.js")) {
            assertThat(get("/docs/assets/" + asset)).hasSizeGreaterThan(10_000);
        }
        new TestClient(server.url(), null).get("/openapi/none.yaml").is(404);
    }

    private String get(String path) throws Exception {
        HttpResponse<String> answer =
                TestClient.HTTP.send(
                        HttpRequest.newBuilder(server.url().resolve(path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.body();
    }

    /** Whatever a text in an answer says, it is no page and no script; and no page frames ours. */
    @Test
    void whatIsAnsweredIsTakenForNothingElse() throws Exception {
        for (String path :
                List.of(
                        "/ipp/v1/devices",
                        "/ordermanagement/v1/orders/1-2-3-4-5",
                        "/pos/v1/sessions",
                        "/openapi/ipp.json",
                        "/docs/",
                        "/docs/reference.js",
                        "/r/none",
                        "/pay/none",
                        "/nothing",
                        "/%2e%2e/x")) {
            assertThat(headers(path).firstValue("X-Content-Type-Options"))
                    .as(path)
                    .hasValue("nosniff");
        }
        for (String page : List.of("/docs/", "/docs/reference.js", "/r/none", "/pay/none")) {
            assertThat(headers(page).firstValue("Content-Security-Policy").orElse(""))
                    .as(page)
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("script-src 'unsafe", "http");
        }
    }

    private HttpHeaders headers(String path) throws Exception {
        URI url = URI.create(server.url() + path);
        return TestClient.HTTP
                .send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.discarding())
                .headers();
    }
}
