package dev.kassa.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.testing.Answer;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refunds that race, whose answers are lost, and that are repeated. */
class RefundTest {
    private static final int ROUNDS = Integer.getInteger("kassa.refund.rounds", 500);
    private static final int TOGETHER = 4;

    /**
     * Refunds that together want more than there is, again and again until all is given back: in
     * each round what was granted is what the acquirer gave back, and the acquirer refused nothing.
     */
    @Test
    void racedRefundsNeverExceedWhatWasCaptured() throws Exception {
        TestServer server = TestServer.shared();
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice device = merchant.device();
        TestOrder order = TestOrder.paid(merchant, device);
        long given = 0;
        int orders = 1;
        for (int round = 0; round < ROUNDS; round++) {
            if (given == TestOrder.AMOUNT) {
                order = TestOrder.paid(merchant, device);
                given = 0;
                orders++;
            }
            TestOrder now = order;
            long left = TestOrder.AMOUNT - given;
            // Any two of them fit in some rounds, only one in others.
            long share = round % 2 == 0 ? left / 2 : left / 2 + 1;
            List<Integer> statuses =
                    AtOnce.run(TOGETHER, i -> now.refund(share).response().statusCode());
            assertThat(statuses).allMatch(status -> status == 201 || status == 403);
            given += share * statuses.stream().filter(status -> status == 201).count();
            assertThat(given).isLessThanOrEqualTo(TestOrder.AMOUNT);
            assertThat(order.acquirer("refunded_amount")).isEqualTo(given);
        }
        assertThat(orders).isGreaterThan(10);
        assertThat(
                        server.count(
                                """
                                select count(*) from order_movement
                                where merchant_id = ? and status <> 'DONE'
                                """,
                                merchant.id().value()))
                .as("refused by the acquirer, or left open")
                .isZero();
    }

    /** Captures, refunds, a release and a cancel meet on one order. */
    @Test
    void racedMovementsAddUp() throws Exception {
        TestServer server = TestServer.shared();
        TestMerchant merchant = TestOrder.capturingManually(server);
        TestMerchant.TestDevice device = merchant.device();
        for (int round = 0; round < 40; round++) {
            TestOrder order = TestOrder.paid(merchant, device);
            List<Callable<Integer>> verbs = new ArrayList<>();
            for (long amount : new long[] {100_000, 140_000, 50_000}) {
                verbs.add(() -> order.capture(amount).response().statusCode());
                verbs.add(() -> order.refund(amount).response().statusCode());
            }
            verbs.add(() ->
                    order.post("/release-remaining-authorization", "").response().statusCode());
            verbs.add(() -> order.post("/cancel", "").response().statusCode());
            verbs.add(() ->
                    order.patch("/authorization", "{\"order_amount\": 150000}")
                            .response()
                            .statusCode());
            List<Integer> statuses = AtOnce.run(verbs);
            assertThat(statuses).allMatch(status -> status < 410);
            Answer shown = order.get();
            long captured = shown.json().path("captured_amount").asLong();
            long refunded = shown.json().path("refunded_amount").asLong();
            assertThat(order.acquirer("captured_amount")).isEqualTo(captured);
            assertThat(order.acquirer("refunded_amount")).isEqualTo(refunded);
            assertThat(refunded).isLessThanOrEqualTo(captured);
            assertThat(captured + shown.json().path("remaining_authorized_amount").asLong())
                    .isLessThanOrEqualTo(shown.json().path("order_amount").asLong());
        }
        assertThat(
                        server.count(
                                """
                                select count(*) from order_movement
                                where merchant_id = ? and status <> 'DONE'
                                """,
                                merchant.id().value()))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOST_REQUEST",
                "LOST_REPLY",
                "SERVER_ERROR",
                "SERVER_ERROR_AFTER",
                "GARBAGE"
            })
    void anUnknownRefundEndsInTheTruthOnce(String fault) {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            TestOrder order = TestOrder.paid(merchant, merchant.device());
            order.fault("REFUND", fault);
            Answer asked = order.refund(200_000).is(201);
            String id = asked.response().headers().firstValue("refund-id").orElseThrow();
            order.stands("CAPTURED", TestOrder.AMOUNT, 200_000, 0);
            order.get("/refunds/" + id).is(200);
            order.refund(40_001).is(403, "REFUND_NOT_ALLOWED");
            assertThat(order.events("refund.created")).isZero();

            server.reconcile();
            assertThat(order.events("refund.created")).as("not asked again yet").isZero();
            for (int i = 0; i < 3; i++) {
                server.clock.advance(Duration.ofMinutes(6));
                server.reconcile();
            }
            order.stands("CAPTURED", TestOrder.AMOUNT, 200_000, 0);
            assertThat(order.acquirer("refunded_amount")).isEqualTo(200_000);
            assertThat(order.events("refund.created")).isOne();
            order.refund(40_000).is(201);
            assertThat(order.acquirer("refunded_amount")).isEqualTo(TestOrder.AMOUNT);
        }
    }

    /** The request was lost and no look-up is answered: it is made all the same, and once. */
    @ParameterizedTest
    @ValueSource(strings = {"REFUND", "CAPTURE", "RELEASE"})
    void aMovementWhoseLookUpsAreNeverAnsweredIsMade(String call) {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            TestMerchant merchant =
                    call.equals("REFUND") ? server.merchant() : TestOrder.capturingManually(server);
            TestOrder order = TestOrder.paid(merchant, merchant.device());
            List<String> script = new ArrayList<>(TestOrder.fault(call, "LOST_REQUEST", 1));
            script.addAll(TestOrder.fault("LOOKUP", "LOST_REPLY", 99));
            order.faults(script);
            switch (call) {
                case "REFUND" -> order.refund(1000).is(201);
                case "CAPTURE" -> order.capture(1000).is(201);
                default -> order.post("/release-remaining-authorization", "").is(204);
            }
            assertThat(made(order)).isZero();

            server.clock.advance(Duration.ofSeconds(16));
            server.reconcile();
            assertThat(made(order)).isOne();
            assertThat(
                            server.count(
                                    """
                                    select count(*) from order_movement
                                    where order_id = ?::uuid and status = 'PENDING'
                                    """,
                                    order.id()))
                    .isZero();
        }
    }

    private static long made(TestOrder order) {
        return order.acquirer(
                """
                (select count(*) from simulator_refund
                    where payment_key = simulator_payment.idempotency_key)
                + (select count(*) from simulator_hold_change
                    where payment_key = simulator_payment.idempotency_key)
                """);
    }

    /** The acquirer takes its approval back, and refuses: what was counted is given up again. */
    @Test
    void aRefusedRefundIsTakenBack() {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            TestOrder order = TestOrder.paid(merchant, merchant.device());
            String decision =
                    "/ipp/v1/dev/sessions/"
                            + order.session()
                            + "/provider-decision?callbacks=0&outcome=";
            merchant.api().post(decision + "LOST_CARD", "").is(200);
            order.refund(100).is(403, "REFUND_NOT_ALLOWED");
            order.stands("CAPTURED", TestOrder.AMOUNT, 0, 0);

            order.fault("REFUND", "LOST_REQUEST");
            Answer asked = order.refund(100).is(201);
            String id = asked.response().headers().firstValue("refund-id").orElseThrow();
            order.stands("CAPTURED", TestOrder.AMOUNT, 100, 0);
            server.clock.advance(Duration.ofMinutes(1));
            server.reconcile();
            order.stands("CAPTURED", TestOrder.AMOUNT, 0, 0);
            order.get("/refunds/" + id).is(404, "NO_SUCH_REFUND");
            assertThat(order.events("refund.failed")).isEqualTo(2);
            assertThat(order.events("refund.created")).isZero();

            merchant.api().post(decision + "SUCCESS", "").is(200);
            order.refund(TestOrder.AMOUNT).is(201);
            order.stands("CLOSED", TestOrder.AMOUNT, TestOrder.AMOUNT, 0);
        }
    }

    /** Only the key counts: not the body, and not how often or how long after. */
    @Test
    void aRefundUnderAKeyIsMadeOnce() throws Exception {
        TestServer server = TestServer.shared();
        TestMerchant merchant = server.merchant();
        TestOrder order = TestOrder.paid(merchant, merchant.device());
        String key = UUID.randomUUID().toString();
        Answer first = order.post(key, "/refunds", "{\"refunded_amount\": 1000}").is(201);
        Answer again = order.post(key, "/refunds", "{\"refunded_amount\": 2000}").is(201);
        for (String header : List.of("refund-id", "Location")) {
            assertThat(again.response().headers().firstValue(header))
                    .isEqualTo(first.response().headers().firstValue(header))
                    .isPresent();
        }
        order.stands("CAPTURED", TestOrder.AMOUNT, 1000, 0);
        assertThat(order.acquirer("refunded_amount")).isEqualTo(1000);
        order.post(key, "/captures", "{\"captured_amount\": 1}").is(422, "UNPROCESSABLE_ENTITY");
        order.post("k".repeat(256), "/refunds", "{\"refunded_amount\": 1}").is(400, "BAD_VALUE");

        String many = UUID.randomUUID().toString();
        List<Integer> statuses =
                AtOnce.run(
                        16,
                        i ->
                                order.post(many, "/refunds", "{\"refunded_amount\": 5}")
                                        .response()
                                        .statusCode());
        assertThat(statuses).contains(201).allMatch(status -> status == 201 || status == 409);
        order.stands("CAPTURED", TestOrder.AMOUNT, 1005, 0);
    }

    /** A refund's answer is lost, and its key comes again with something else: nothing is done. */
    @Test
    void aKeyThatOutlivedItsAnswerStandsForItsOwnOperationAlone() {
        TestServer server = TestServer.shared();
        TestMerchant merchant = TestOrder.capturingManually(server);
        TestMerchant.TestDevice device = merchant.device();
        TestOrder order = TestOrder.paid(merchant, device);
        TestOrder other = TestOrder.paid(merchant, device);
        order.capture(1000).is(201);
        other.capture(1000).is(201);
        String key = UUID.randomUUID().toString();
        String refund = "{\"refunded_amount\": 300}";
        Answer first = order.post(key, "/refunds", refund).is(201);
        for (Supplier<Answer> another :
                List.<Supplier<Answer>>of(
                        () -> other.post(key, "/refunds", refund),
                        () -> other.post(key, "/captures", "{\"captured_amount\": 300}"),
                        () -> order.post(key, "/captures", "{\"captured_amount\": 300}"),
                        () -> order.post(key, "/release-remaining-authorization", ""))) {
            free(server, key);
            assertThat(another.get().is(422, "UNPROCESSABLE_ENTITY").response().body())
                    .contains("Use a new key");
        }
        order.stands("PART_CAPTURED", 1000, 300, TestOrder.AMOUNT - 1000);
        other.stands("PART_CAPTURED", 1000, 0, TestOrder.AMOUNT - 1000);
        free(server, key);
        Answer again = order.post(key, "/refunds", refund).is(201);
        assertThat(again.response().headers().firstValue("refund-id"))
                .isEqualTo(first.response().headers().firstValue("refund-id"))
                .isPresent();
        order.stands("PART_CAPTURED", 1000, 300, TestOrder.AMOUNT - 1000);
    }

    /** As when the answer could not be kept: the key is free, and what it did stands. */
    private static void free(TestServer server, String key) {
        server.jdbc.sql("delete from idempotency where key = ?").param(key).update();
    }

    /**
     * The server died between the intent and its answer: a minute later the key is free, and the
     * repetition finds the refund that carries it.
     */
    @Test
    void aCrashBetweenIntentAndAnswerRefundsOnce() throws Exception {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            TestMerchant merchant = server.merchant();
            TestOrder order = TestOrder.paid(merchant, merchant.device());
            String key = UUID.randomUUID().toString();
            String body = "{\"refunded_amount\": 1000}";
            order.fault("REFUND", "LOST_REQUEST");
            Answer first = order.post(key, "/refunds", body).is(201);
            assertThat(order.acquirer("refunded_amount")).isZero();
            forgetTheAnswer(server, key);

            Answer again = order.post(key, "/refunds", body).is(201);
            assertThat(again.response().headers().firstValue("refund-id"))
                    .isEqualTo(first.response().headers().firstValue("refund-id"));
            order.stands("CAPTURED", TestOrder.AMOUNT, 1000, 0);
            assertThat(order.acquirer("refunded_amount")).isEqualTo(1000);

            // Many who find the key free at the same moment make one refund too.
            String other = UUID.randomUUID().toString();
            order.post(other, "/refunds", body).is(201);
            forgetTheAnswer(server, other);
            server.clock.advance(Duration.ofMinutes(1));
            List<Integer> statuses =
                    AtOnce.run(8, i -> order.post(other, "/refunds", body).response().statusCode());
            assertThat(statuses).contains(201).allMatch(status -> status == 201 || status == 409);
            order.stands("CAPTURED", TestOrder.AMOUNT, 2000, 0);

            // A day later the key stands for something new.
            server.clock.advance(Duration.ofDays(1));
            order.post(key, "/refunds", body).is(201);
            order.stands("CAPTURED", TestOrder.AMOUNT, 3000, 0);
        }
    }

    private static void forgetTheAnswer(TestServer server, String key) {
        int undone =
                server.jdbc
                        .sql(
                                """
                                update idempotency set status = null, body = null, headers = null
                                where key = ?
                                """)
                        .param(key)
                        .update();
        assertThat(undone).isOne();
    }

    @Test
    void captureReleaseAndCancelMayBeRepeatedUnderTheirKeys() {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            TestMerchant merchant = TestOrder.capturingManually(server);
            TestMerchant.TestDevice device = merchant.device();
            for (String verb : List.of("/release-remaining-authorization", "/cancel")) {
                TestOrder order = TestOrder.paid(merchant, device);
                String key = UUID.randomUUID().toString();
                order.post(key, verb, "").is(204);
                assertThat(order.post(key, verb, "").is(204).response().body()).isEmpty();
                forgetTheAnswer(server, key);
                server.clock.advance(Duration.ofMinutes(1));
                order.post(key, verb, "").is(204);
                order.stands("CANCELLED", 0, 0, 0);
            }
            TestOrder order = TestOrder.paid(merchant, device);
            String key = UUID.randomUUID().toString();
            String body = "{\"captured_amount\": 1000}";
            order.post(key, "/captures", body).is(201);
            forgetTheAnswer(server, key);
            server.clock.advance(Duration.ofMinutes(1));
            order.post(key, "/captures", body).is(201);
            order.stands("PART_CAPTURED", 1000, 0, TestOrder.AMOUNT - 1000);
        }
    }
}
