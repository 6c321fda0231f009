package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.kassa.kernel.Secrets;
import dev.kassa.testing.PortalClient;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Whoever reads the log can open nobody's receipt and pay nobody's session: over all addresses of
 * which a part is a secret.
 */
class SecretsInLogsTest {
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final TestServer server = TestServer.start().withoutLoops();

    @BeforeEach
    void listen() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void stop() {
        var _ = root.detachAppender(log);
        server.close();
    }

    /** {@code GET /r/{token}} and its like. */
    private List<String> routesWithASecret() {
        return server
                .server
                .part(RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .stream()
                .flatMap(route ->
                        route.getMethodsCondition().getMethods().stream()
                                .flatMap(method ->
                                        route.getPatternValues().stream()
                                                .map(path -> method + " " + path)))
                .filter(route -> route.contains("token}"))
                .toList();
    }

    private Stream<String> lines() {
        return log.list.stream()
                .map(event -> event.getFormattedMessage() + " " + event.getMDCPropertyMap());
    }

    @Test
    void anAddressThatIsASecretIsNotWritten() {
        String token = Secrets.text(24);
        TestClient nobody = new TestClient(server.url(), null);
        List<String> routes = routesWithASecret();
        assertThat(routes).contains("GET /r/{token}", "GET /pay/{token}", "POST /pay/{token}");
        server.rename("session", "away");
        server.rename("orders", "away_too");
        server.rename("simulator_payment", "away_as_well");
        server.rename("invitation", "away_at_last");
        PortalClient person = new PortalClient(server.url(), "");
        for (String route : routes) {
            String[] parts = route.split(" ", 2);
            if (route.startsWith("POST /portal/")) {
                String path = parts[1].replaceAll("\\{[^}]*token}", token);
                assertThat(person.post(path, Map.of("password", "twelve chars")).statusCode())
                        .as(route)
                        .isEqualTo(500);
                continue;
            }
            var answer =
                    nobody.plain(
                            nobody.request(parts[1].replaceAll("\\{[^}]*token}", token))
                                    .method(parts[0], BodyPublishers.noBody()));
            assertThat(answer.statusCode()).as(route).isEqualTo(500);
        }
        assertThat(lines()).filteredOn(line -> line.contains("GET /pay/")).isNotEmpty();
        assertThat(lines()).filteredOn(line -> line.contains("GET /r/")).isNotEmpty();
        assertThat(lines()).noneMatch(line -> line.contains(token));
    }

    /** Ids are none, and whoever looks for the cause needs them. */
    @Test
    void idsAreWritten() {
        TestMerchant merchant = server.merchant();
        String session = merchant.session(merchant.device());
        server.rename("session", "away");
        var answer = merchant.api().plain(merchant.api().request("/ipp/v1/sessions/" + session));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(lines()).anyMatch(line -> line.contains("GET /ipp/v1/sessions/" + session));
    }
}
