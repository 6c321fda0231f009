package dev.kassa.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.testing.Answer;
import dev.kassa.testing.Contract;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import dev.kassa.testing.ValidRequests;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody did it (I13): each change of money or access has its line in the audit log. */
class AuditLogTest {
    /** Operations that change something else, each with what it is. */
    private static final Map<String, String> OF_NO_CONSEQUENCE =
            Map.of(
                    "acknowledgeShown", "when a device showed a session",
                    "resendWebhooks", "the example has nothing to send again; resendWebhook has",
                    "acknowledgeOrder", "answered, and nothing is written",
                    "triggerSendOut", "answered, and nothing is written",
                    "putProviderFaults", "how the playground's provider misbehaves",
                    "deleteProviderFaults", "how the playground's provider misbehaves",
                    "putProviderFaultsOfSession", "how the playground's provider misbehaves",
                    "deleteProviderFaultsOfSession", "how the playground's provider misbehaves",
                    "decideAtProvider", "what the playground's shopper does at the provider");

    private final TestServer server = TestServer.shared();

    static Stream<Contract.Documented> operations() {
        return ValidRequests.changing().stream()
                .filter(operation -> !OF_NO_CONSEQUENCE.containsKey(operation.id()));
    }

    @Test
    void whatIsLeftOutIsAnOperation() {
        Set<String> ids = new HashSet<>();
        ValidRequests.changing().forEach(operation -> ids.add(operation.id()));
        assertThat(ids).containsAll(OF_NO_CONSEQUENCE.keySet());
    }

    /** The line names who did it, where, and the request. */
    @ParameterizedTest
    @MethodSource("operations")
    void eachChangeHasItsLine(Contract.Documented operation) {
        Answer answer = ValidRequests.shared().of(operation).send();
        assertThat(answer.response().statusCode()).as("%s", answer.json()).isLessThan(300);
        String actor =
                operation.id().equals("registerDevice")
                        ? "anyone:anyone"
                        : operation.path().startsWith("/pos/") ? "device:" : "api_key:";
        assertThat(
                        server.texts(
                                """
                                select actor || ' ' || action || ' ' || address || ' ' || subject
                                from audit_entry where correlation_id = ?
                                """,
                                correlation(answer)))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith(actor).contains(" 127.0.0.1 "));
    }

    private static String correlation(Answer answer) {
        return answer.response().headers().firstValue("correlation-id").orElseThrow();
    }

    /** What was refused did not happen. */
    @Test
    void whatIsRefusedHasNone() {
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        merchant.cancel(session).is(200);
        Answer refused = device.attach(session).is(409);
        Answer unknown = merchant.api().post("/ipp/v1/sessions", TestMerchant.cart(session));
        assertThat(unknown.response().statusCode()).isEqualTo(404);
        for (Answer answer : List.of(refused, unknown)) {
            assertThat(
                            server.texts(
                                    "select action from audit_entry where correlation_id = ?",
                                    correlation(answer)))
                    .isEmpty();
        }
    }

    /** What nobody asked for is Kassa's own doing. */
    @Test
    void whatTimeBringsIsKassas() {
        try (TestServer own = TestServer.start()) {
            TestMerchant merchant = own.merchant();
            String session = merchant.session(merchant.device());
            own.clock.advance(Duration.ofHours(2));
            own.run("session-expiry");
            assertThat(
                            own.texts(
                                    """
                                    select actor || ' ' || action from audit_entry
                                    where subject = ? order by audit_id desc limit 1
                                    """,
                                    session))
                    .containsExactly("kassa:kassa session.expired");
        }
    }

    @Test
    void noSecretIsInIt() {
        TestMerchant merchant = server.merchant();
        assertThat(
                        server.texts(
                                """
                                select audit_entry::text from audit_entry
                                where merchant_id = ? and action = 'key.created'
                                """,
                                merchant.id().value()))
                .singleElement()
                .asString()
                .contains(merchant.key().username())
                .doesNotContain(merchant.key().key());
    }

    @Test
    void nobodyChangesIt() {
        for (String sql :
                List.of(
                        "update audit_entry set actor = 'nobody'",
                        "delete from audit_entry",
                        "truncate audit_entry")) {
            assertThatThrownBy(() -> server.jdbc.sql(sql).update())
                    .as(sql)
                    .hasStackTraceContaining("the audit log is kept as it is");
        }
    }
}
