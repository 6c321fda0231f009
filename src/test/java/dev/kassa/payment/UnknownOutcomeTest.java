package dev.kassa.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.http.Json;
import dev.kassa.kernel.Limits;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestDestination;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What no provider tells of is seen, told once, and settled by a person's word. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownOutcomeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String EVENT = "kassa.operation.unknown";

    private final TestServer server = TestServer.start().withoutLoops();
    private final TestMerchant merchant = server.merchant();
    private final TestMerchant byHand = TestOrder.capturingManually(server);

    @AfterAll
    void stop() {
        server.close();
    }

    /** An operation whose provider says nothing, and its session. */
    private record Silent(OperationKind kind, String id, String session, TestMerchant merchant) {}

    /** The provider gets the request or not, and answers nothing either way. */
    private void script(TestMerchant owner, String session, String call, String fault) {
        List<String> script = new ArrayList<>(TestOrder.fault(call, fault, 50));
        script.addAll(TestOrder.fault("LOOKUP", "LOST_REPLY", 50));
        owner.api()
                .put(
                        "/ipp/v1/dev/sessions/" + session + "/provider-faults",
                        "{\"faults\": " + script + "}")
                .is(200);
    }

    private void speaks(Silent silent) {
        silent.merchant()
                .api()
                .delete("/ipp/v1/dev/sessions/" + silent.session() + "/provider-faults")
                .is(204);
    }

    private Silent silent(OperationKind kind, String fault) {
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

    private Silent silent(OperationKind kind) {
        return silent(kind, "LOST_REQUEST");
    }

    private static void decide(TestMerchant owner, String session, String outcome) {
        owner.api()
                .post(
                        "/ipp/v1/dev/sessions/" + session + "/provider-decision?outcome=" + outcome,
                        "")
                .is(200);
    }

    private void later(Duration by) {
        server.clock.advance(by);
        server.reconcile();
    }

    private ProviderOperation operation(Silent silent) {
        return pending().stream()
                .filter(one -> one.id().toString().equals(silent.id()))
                .findFirst()
                .orElseThrow();
    }

    private List<ProviderOperation> pending() {
        return server.server.part(Resolutions.class).pending(server.clock.instant(), 1000);
    }

    private List<String> told(Silent silent) {
        return server.texts(
                "select body from event where session_id = ?::uuid and type = '" + EVENT + "'",
                silent.session());
    }

    private Resolutions.Result resolve(Silent silent, ResolvedAs as) {
        return server.server
                .part(Resolutions.class)
                .resolve(
                        UUID.fromString(silent.id()),
                        new Resolution(as, "Ada", "seen in the portal", "ticket 7", null));
    }

    private long count(String sql, String parameter) {
        return server.count(sql, parameter);
    }

    private long resolutions(Silent silent) {
        return count("select count(*) from resolution where operation_id = ?::uuid", silent.id());
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

    /** A person's word goes through the same door as a provider's. */
    @ParameterizedTest
    @CsvSource({
        "PAYMENT,PAID,FINALIZED,ipp.session.finalized",
        "PAYMENT,DECLINED,ACTIVE,ipp.payment.failed",
        "PAYMENT,FAILED,FAILED,ipp.session.failed",
        "PAYMENT,CANCELLED,ACTIVE,ipp.payment.cancelled",
        "REVERSAL,REFUNDED,CANCELLED,ipp.payment.refunded",
        "REVERSAL,REFUSED,CANCELLED,",
        "REFUND,REFUNDED,240000 1000 0,refund.created",
        "REFUND,REFUSED,240000 0 0,refund.failed",
        "CAPTURE,CAPTURED,1000 0 0,capture.created",
        "CAPTURE,REFUSED,0 0 0,capture.failed",
        "RELEASE,RELEASED,0 0 240000,",
        "RELEASE,REFUSED,0 0 0,"
    })
    void aPersonsWordSettles(
            OperationKind kind, ResolvedAs as, String state, @Nullable String event) {
        Silent silent = silent(kind);
        later(Duration.ofSeconds(16));
        assertThat(resolve(silent, as)).isInstanceOf(Resolutions.Result.Resolved.class);
        assertThat(pending()).noneMatch(one -> one.id().toString().equals(silent.id()));
        assertThat(state(silent)).isEqualTo(state);
        if (event != null) {
            assertThat(
                            server.texts(
                                    "select type from event where session_id = ?::uuid",
                                    silent.session()))
                    .containsOnlyOnce(event);
        }
        assertThat(
                        server.texts(
                                """
                                select concat_ws(' ', kind, resolved_as, resolved_by, why, evidence)
                                from resolution where operation_id = ?::uuid
                                """,
                                silent.id()))
                .containsExactly(kind + " " + as + " Ada seen in the portal ticket 7");
        JsonNode entry = entry(silent, "resolved_" + as.word());
        assertThat(entry.path("resolved_by").asString()).isEqualTo("Ada");
        assertThat(entry.path("reason").asString()).isEqualTo("seen in the portal");
        assertThat(entry.path("evidence").asString()).isEqualTo("ticket 7");
        assertThat(entry.path("name").asString()).isEqualTo(kind.word());
        assertThat(entry.path("id").asString()).isEqualTo(silent.id());

        assertThat(resolve(silent, as)).isInstanceOf(Resolutions.Result.SettledBefore.class);
        assertThat(resolutions(silent)).isOne();
    }

    /** Of the session; or captured, refunded and released of the order. */
    private String state(Silent silent) {
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

    private JsonNode entry(Silent silent, String what) {
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

    @ParameterizedTest
    @EnumSource(OperationKind.class)
    void whatDoesNotFitSettlesNothing(OperationKind kind) {
        Silent silent = silent(kind);
        for (ResolvedAs as : ResolvedAs.values()) {
            if (!as.fits(kind)) {
                assertThat(resolve(silent, as)).isInstanceOf(Resolutions.Result.DoesNotFit.class);
            }
        }
        assertThat(operation(silent).pending()).isTrue();
        assertThat(resolutions(silent)).isZero();
        Silent nothing = new Silent(kind, UUID.randomUUID().toString(), silent.session(), merchant);
        assertThat(resolve(nothing, ResolvedAs.REFUSED))
                .isInstanceOf(Resolutions.Result.Unknown.class);
    }

    @Test
    void whatTheProviderHasSettledIsNotResolved() {
        TestMerchant.TestDevice device = merchant.device();
        String session = merchant.session(device);
        String attempt = device.attach(session).is(200).text("payment", "attempt_id");
        decide(merchant, session, "LOST_CARD");
        Silent settled = new Silent(OperationKind.PAYMENT, attempt, session, merchant);
        assertThat(resolve(settled, ResolvedAs.PAID))
                .isInstanceOf(Resolutions.Result.SettledBefore.class);
        assertThat(merchant.status(session)).isEqualTo("ACTIVE");
        assertThat(resolutions(settled)).isZero();
        assertThat(count("select count(*) from late_answer where attempt_id = ?::uuid", attempt))
                .as("a person's word is no provider's answer")
                .isZero();
    }

    /** The person was wrong: the provider's later word is kept, and the money goes back. */
    @Test
    void anApprovalAfterAPersonsNoIsGivenBack() {
        Silent silent = silent(OperationKind.PAYMENT, "LOST_REPLY");
        later(Duration.ofSeconds(16));
        resolve(silent, ResolvedAs.DECLINED);
        assertThat(merchant.status(silent.session())).isEqualTo("ACTIVE");
        speaks(silent);
        decide(merchant, silent.session(), "SUCCESS&callbacks=2");
        assertThat(merchant.status(silent.session())).isEqualTo("ACTIVE");
        assertThat(
                        server.texts(
                                "select status from refund where session_id = ?::uuid",
                                silent.session()))
                .containsExactly("REFUNDED");
        assertThat(entry(silent, "late_approved").path("id").asString()).isEqualTo(silent.id());
    }

    @Test
    void aDeclineAfterAPersonsYesIsKept() {
        Silent silent = silent(OperationKind.PAYMENT, "LOST_REPLY");
        later(Duration.ofSeconds(16));
        resolve(silent, ResolvedAs.PAID);
        speaks(silent);
        decide(merchant, silent.session(), "LOST_CARD");
        assertThat(merchant.status(silent.session())).isEqualTo("FINALIZED");
        assertThat(entry(silent, "late_declined").path("reason").asString()).isEqualTo("lost_card");
    }

    /** The provider's answer is on its way while the person speaks; it is kept and shown. */
    @ParameterizedTest
    @CsvSource({
        "REFUND,REFUSED,late_done",
        "CAPTURE,REFUSED,late_done",
        "RELEASE,REFUSED,late_done",
        "REVERSAL,REFUSED,late_refunded"
    })
    void anAnswerOnItsWayWhileAPersonSpeaksIsKept(OperationKind kind, ResolvedAs as, String entry)
            throws Exception {
        Silent silent = silent(kind, "LOST_REPLY");
        String late =
                "{\"faults\": [{\"call\": \"LOOKUP\", \"fault\": \"LATE\", \"delay_ms\": 3000}]}";
        silent.merchant()
                .api()
                .put("/ipp/v1/dev/sessions/" + silent.session() + "/provider-faults", late)
                .is(200);
        server.clock.advance(Duration.ofSeconds(16));
        server.run("reconciler");
        Await.until(
                PATIENCE,
                () ->
                        count(
                                        "select count(*) from simulator_fault where session_id ="
                                                + " ?::uuid",
                                        silent.session())
                                == 0);
        assertThat(resolve(silent, as)).isInstanceOf(Resolutions.Result.Resolved.class);
        String state = state(silent);
        assertThat(server.server.part(Reconciler.class).await(PATIENCE)).isTrue();
        assertThat(state(silent)).isEqualTo(state);
        assertThat(entry(silent, entry).path("id").asString()).isEqualTo(silent.id());
        assertThat(resolutions(silent)).isOne();
    }

    /** A person and a provider at the same moment: one of them settles, and nothing is half. */
    @Test
    void aPersonAndAProviderAtOnceEndOneWay() throws Exception {
        for (int round = 0; round < 20; round++) {
            Silent silent = silent(OperationKind.PAYMENT, "LOST_REPLY");
            speaks(silent);
            AtOnce.run(
                    () -> decide(merchant, silent.session(), "SUCCESS"),
                    () -> {
                        var _ = resolve(silent, ResolvedAs.DECLINED);
                    });
            boolean resolved = resolutions(silent) == 1;
            assertThat(merchant.status(silent.session()))
                    .isEqualTo(resolved ? "ACTIVE" : "FINALIZED");
            assertThat(
                            count(
                                    "select count(*) from orders where session_id = ?::uuid",
                                    silent.session()))
                    .isEqualTo(resolved ? 0 : 1);
            assertThat(
                            count(
                                    """
                                    select count(*) from refund
                                    where session_id = ?::uuid and status = 'REFUNDED'
                                    """,
                                    silent.session()))
                    .isEqualTo(resolved ? 1 : 0);
        }
    }

    /**
     * Both orders, each made sure of: the second comes to the device's row while the first has it.
     */
    @Test
    void ofAPersonAndAProviderTheFirstWins() throws Exception {
        Silent provider = silent(OperationKind.PAYMENT, "LOST_REPLY");
        String settled =
                """
                with settled as (
                    update attempt set status = 'DECLINED', failure_reason = 'bent',
                        settled_at = now()
                    where session_id = ?::uuid returning session_id
                )
                update session set attempt_id = null from settled
                where session.session_id = settled.session_id
                """;
        assertThat(meanwhile(provider, settled, () -> resolve(provider, ResolvedAs.PAID)))
                .isInstanceOf(Resolutions.Result.SettledBefore.class);
        assertThat(resolutions(provider)).isZero();
        assertThat(merchant.status(provider.session())).isEqualTo("ACTIVE");

        Silent refund = silent(OperationKind.REFUND);
        String done =
                """
                update order_movement set status = 'DONE', settled_at = now()
                from orders where orders.order_id = order_movement.order_id
                    and session_id = ?::uuid and kind = 'REFUND'
                """;
        assertThat(meanwhile(refund, done, () -> resolve(refund, ResolvedAs.REFUSED)))
                .isInstanceOf(Resolutions.Result.SettledBefore.class);
        assertThat(resolutions(refund)).isZero();
        assertThat(state(refund)).isEqualTo("240000 1000 0");
    }

    /** Two persons say two things of one payment. */
    @Test
    void ofTwoPersonsTheFirstWins() throws Exception {
        Silent silent = silent(OperationKind.PAYMENT);
        AtOnce.run(
                () -> {
                    var _ = resolve(silent, ResolvedAs.PAID);
                },
                () -> {
                    var _ = resolve(silent, ResolvedAs.DECLINED);
                });
        String as =
                server.texts(
                                "select resolved_as from resolution where operation_id = ?::uuid",
                                silent.id())
                        .getFirst();
        assertThat(merchant.status(silent.session()))
                .isEqualTo(as.equals("PAID") ? "FINALIZED" : "ACTIVE");
        assertThat(resolutions(silent)).isOne();
    }

    private <T> T meanwhile(Silent silent, String change, Callable<T> work) throws Exception {
        String device =
                """
                select from device
                where device_id = (select device_id from session where session_id = ?::uuid)
                for update
                """;
        try (Connection connection = server.server.part(DataSource.class).getConnection();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            connection.setAutoCommit(false);
            run(connection, device, silent.session());
            Future<T> done = threads.submit(work);
            Await.until(
                    PATIENCE,
                    () ->
                            count(
                                            """
                                            select count(*) from pg_stat_activity
                                            where datname = ? and wait_event_type = 'Lock'
                                            """,
                                            server.jdbc
                                                    .sql("select current_database()")
                                                    .query(String.class)
                                                    .single())
                                    == 1);
            run(connection, change, silent.session());
            connection.commit();
            return done.get();
        }
    }

    private static void run(Connection connection, String sql, String id) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, id);
            boolean _ = statement.execute();
        }
    }

    @Test
    void aPersonsWordIsKeptForEver() {
        Silent silent = silent(OperationKind.PAYMENT);
        resolve(silent, ResolvedAs.DECLINED);
        for (String change :
                List.of(
                        "update resolution set why = 'other'",
                        "delete from resolution",
                        "truncate resolution")) {
            assertThatThrownBy(() -> server.jdbc.sql(change).update())
                    .hasMessageContaining("kept for ever");
        }
        assertThat(resolutions(silent)).isOne();
    }

    @Test
    void aWordWithoutANameOrAReasonIsNone() {
        String name = "n".repeat(Limits.RESOLUTION_NAME_CHARS);
        String text = "t".repeat(Limits.RESOLUTION_TEXT_CHARS);
        String reference = "r".repeat(Limits.REFERENCE_CHARS);
        assertThat(new Resolution(ResolvedAs.PAID, name, text, text, reference).by())
                .isEqualTo(name);
        List<List<String>> bad =
                List.of(
                        List.of(" ", "why", "e", "r"),
                        List.of("by", "", "e", "r"),
                        List.of("by", "why", " ", "r"),
                        List.of(name + "n", "why", "e", "r"),
                        List.of("by", text + "t", "e", "r"),
                        List.of("by", "why", text + "t", "r"),
                        List.of("by", "why", "e", reference + "r"));
        for (List<String> one : bad) {
            assertThatThrownBy(() ->
                            new Resolution(
                                    ResolvedAs.PAID,
                                    one.get(0),
                                    one.get(1),
                                    one.get(2),
                                    one.get(3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is a text of 1 to");
        }
    }
}
