package dev.kassa.payment;

import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Operations that a provider owes an answer, and what tests do with them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class UnansweredOperations {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final TestServer server = TestServer.start().withoutLoops();

    final TestMerchant merchant = server.merchant();

    final TestMerchant byHand = TestOrder.capturingManually(server);

    @AfterAll
    void stop() {
        server.close();
    }

    /** An operation whose provider says nothing, and its session. */
    record Silent(OperationKind kind, String id, String session, TestMerchant merchant) {}

    /** The provider gets the request or not, and answers nothing either way. */
    void script(TestMerchant owner, String session, String call, String fault) {
        List<String> script = new ArrayList<>(TestOrder.fault(call, fault, 50));
        script.addAll(TestOrder.fault("LOOKUP", "LOST_REPLY", 50));
        owner.api()
                .put(
                        "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                        "{\"faults\": " + script + "}")
                .is(200);
    }

    void speaks(Silent silent) {
        silent.merchant()
                .api()
                .delete("/ipp/v1/dev/sessions/" + silent.session() + "/provider-faults")
                .is(204);
    }

    Silent silent(OperationKind kind, String fault) {
        TestMerchant owner =
                kind == OperationKind.CAPTURE || kind == OperationKind.RELEASE ? byHand : merchant;
        TestMerchant.TestDevice device = owner.device();
        String session = owner.session(device);
        switch (kind) {
            case PAYMENT -> {
                script(owner, session, "START", fault);
                device.attach(session).is(200);
            }
            case REVERSAL -> {
                device.attach(session).is(200);
                owner.cancel(session).is(200);
                script(owner, session, "REFUND", fault);
                decide(owner, session, "SUCCESS");
            }
            case CAPTURE, REFUND, RELEASE -> {
                String id = owner.tap(session, "SUCCESS").is(200).text("order_id");
                TestOrder order = new TestOrder(owner, session, id);
                script(owner, session, kind.name(), fault);
                switch (kind) {
                    case CAPTURE -> order.capture(1000).is(201);
                    case REFUND -> order.refund(1000).is(201);
                    default -> order.post("/release-remaining-authorization", "").is(204);
                }
            }
        }
        String id =
                server.texts(
                                """
                                select id::text from provider_operation
                                where session_id = ?::uuid and status = 'PENDING'
                                """,
                                session)
                        .getFirst();
        return new Silent(kind, id, session, owner);
    }

    Silent silent(OperationKind kind) {
        return silent(kind, "LOST_REQUEST");
    }

    static void decide(TestMerchant owner, String session, String outcome) {
        owner.api()
                .post(
                        "/ipp/v1/dev/sessions/" + session + "/provider-decision?outcome=" + outcome,
                        "")
                .is(200);
    }

    void later(Duration by) {
        server.clock.advance(by);
        server.reconcile();
    }

    ProviderOperation operation(Silent silent) {
        return pending().stream()
                .filter(one -> one.id().toString().equals(silent.id()))
                .findFirst()
                .orElseThrow();
    }

    List<ProviderOperation> pending() {
        return server.server.part(Resolutions.class).pending(server.clock.instant(), 1000);
    }

    Resolutions.Result resolve(Silent silent, ResolvedAs as) {
        return server.server
                .part(Resolutions.class)
                .resolve(
                        UUID.fromString(silent.id()),
                        new Resolution(as, "Ada", "seen in the portal", "ticket 7", null));
    }

    long count(String sql, String parameter) {
        return server.count(sql, parameter);
    }

    long resolutions(Silent silent) {
        return count("select count(*) from resolution where operation_id = ?::uuid", silent.id());
    }

    /** Of the session; or captured, refunded and released of the order. */
    String state(Silent silent) {
        return switch (silent.kind()) {
            case PAYMENT, REVERSAL -> silent.merchant().status(silent.session());
            case CAPTURE, REFUND, RELEASE ->
                    server.texts(
                                    """
                                    select concat_ws(' ', captured_amount, refunded_amount,
                                        released_amount)
                                    from orders where session_id = ?::uuid
                                        and capture_pending_amount = 0
                                    """,
                                    silent.session())
                            .getFirst();
        };
    }

    JsonNode entry(Silent silent, String what) {
        return silent
                .merchant()
                .api()
                .get("/kassa/v1/sessions/" + silent.session() + "/timeline")
                .is(200)
                .json()
                .path("entries")
                .values()
                .stream()
                .filter(entry -> entry.path("what").asString().equals(what))
                .findFirst()
                .orElseThrow();
    }
}
