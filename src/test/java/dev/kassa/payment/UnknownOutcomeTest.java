package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What no provider tells of is seen, and told once. */
class UnknownOutcomeTest extends UnansweredOperations {
    private static final String EVENT = "kassa.operation.unknown";

    private List<String> told(Silent silent) {
        return server.texts(
                "select body from event where session_id = ?::uuid and type = '" + EVENT + "'",
                silent.session());
    }

    @Test
    void aPaymentThatWaitsForItsShopperIsNotUnknown() {
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        Silent waiting = new Silent(OperationKind.PAYMENT, attempt, session, merchant);
        for (int i = 0; i < 4; i++) {
            later(Duration.ofMinutes(10));
        }
        assertThat(operation(waiting).unansweredSince()).isNull();
        assertThat(operation(waiting).checks()).isEqualTo(4);
        assertThat(operation(waiting).lastAnswer()).isEqualTo("It waits for the shopper.");
        assertThat(told(waiting)).isEmpty();
    }

    /** A provider that will not end a payment holds up the device like one that is silent. */
    @Test
    void aPaymentThatCannotBeCalledOffIsUnknown() {
        Silent silent = silent(OperationKind.PAYMENT, "LATE");
        speaks(silent);
        List<String> script = TestOrder.fault("CANCEL", "SERVER_ERROR", 50);
        merchant.api()
                .put(
                        "/ipp/v1/dev/sessions/" + silent.session() + "/provider-faults",
                        "{\"faults\": " + script + "}")
                .is(200);
        later(Duration.ofMinutes(61));
        assertThat(operation(silent).lastAnswer()).isEqualTo("HTTP 503");
        later(Limits.UNANSWERED);
        assertThat(told(silent)).hasSize(1);
    }

    /** For whoever asked for it by name, once, on whichever node; and never for the others. */
    @ParameterizedTest
    @EnumSource(OperationKind.class)
    void whatStaysUnansweredIsToldOnce(OperationKind kind) throws Exception {
        try (TestServer other = server.another().withoutLoops()) {
            Silent silent = silent(kind);
            TestClient api = silent.merchant().api();
            String named =
                    api.post(
                                    TestDestination.PATH,
                                    """
                                    {"name": "%s", "url": "http://127.0.0.1:9/", "event_types": ["%s"]}
                                    """
                                            .formatted(UUID.randomUUID(), EVENT))
                            .is(201)
                            .text("id");
            String unnamed =
                    api.post(
                                    TestDestination.PATH,
                                    "{\"name\": \"%s\", \"url\": \"http://127.0.0.1:9/\"}"
                                            .formatted(UUID.randomUUID()))
                            .is(201)
                            .text("id");
            later(Duration.ofSeconds(16));
            assertThat(operation(silent).checks()).isOne();
            assertThat(operation(silent).unansweredSince()).isNotNull();
            later(Limits.UNANSWERED.minusSeconds(1));
            assertThat(told(silent)).isEmpty();

            server.clock.advance(Duration.ofSeconds(1));
            AtOnce.run(() -> server.run("reconciler"), () -> other.run("reconciler"));
            later(Duration.ofHours(2));
            assertThat(told(silent)).hasSize(1);
            JsonNode data = Json.MAPPER.readTree(told(silent).getFirst()).path("data");
            assertThat(data.path("kind").asString()).isEqualTo(kind.word());
            assertThat(data.path("operation_id").asString()).isEqualTo(silent.id());
            assertThat(data.path("session_id").asString()).isEqualTo(silent.session());
            assertThat(data.path("order_id").isNull())
                    .isEqualTo(kind == OperationKind.PAYMENT || kind == OperationKind.REVERSAL);
            assertThat(sent(named)).isOne();
            assertThat(sent(unnamed)).isZero();

            speaks(silent);
            later(Duration.ofMinutes(6));
            assertThat(pending()).noneMatch(one -> one.id().toString().equals(silent.id()));
            api.delete(TestDestination.PATH + "/" + named).is(204);
            api.delete(TestDestination.PATH + "/" + unnamed).is(204);
        }
    }

    private long sent(String destination) {
        return count(
                """
                select count(*) from delivery join event using (event_id)
                where destination_id = ?::uuid and type = '%s'
                """
                        .formatted(EVENT),
                destination);
    }

    /** Its provider was taken out of the deployment: nobody can be asked, and that is said. */
    @ParameterizedTest
    @EnumSource(OperationKind.class)
    void aProviderThatIsGoneIsSaidToBe(OperationKind kind) {
        Silent silent = silent(kind);
        for (String table : List.of("attempt", "refund")) {
            server.jdbc
                    .sql("update " + table + " set provider = 'gone' where session_id = ?::uuid")
                    .param(silent.session())
                    .update();
        }
        later(Duration.ofSeconds(16));
        assertThat(operation(silent).lastAnswer())
                .isEqualTo("There is no provider 'gone' in this deployment to ask.");
        assertThat(operation(silent).unansweredSince()).isNotNull();
    }

    /** A refund there is accepted and stays pending, as with a provider that does not answer. */
    @Test
    void aRefundAtAProviderThatIsGoneIsPending() {
        TestOrder order = TestOrder.paid(merchant, merchant.device());
        server.jdbc
                .sql("update attempt set provider = 'gone' where session_id = ?::uuid")
                .param(order.session())
                .update();
        order.refund(100).is(201);
        order.stands("CAPTURED", TestOrder.AMOUNT, 100, 0);
        assertThat(order.events("refund.created")).isZero();
    }
}
