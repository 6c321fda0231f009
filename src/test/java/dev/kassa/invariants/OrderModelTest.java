package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Secrets;
import dev.kassa.testing.Answer;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.Property;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestOrder;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of what a merchant can do with two orders, one captured at the sale and one by
 * hand, while the acquirer loses requests and answers: after each step the order must show what a
 * model in memory says, and once the reconciler has asked, the acquirer's books must agree.
 */
class OrderModelTest {
    private static final int SEQUENCES = Integer.getInteger("kassa.model.sequences", 20);
    private static final @Nullable Long SEED = Long.getLong("kassa.model.seed");
    private static final List<String> FAULTS =
            List.of("LOST_REQUEST", "LOST_REPLY", "SERVER_ERROR", "SERVER_ERROR_AFTER", "GARBAGE");

    private enum Kind {
        CAPTURE,
        CAPTURE_MORE,
        REFUND,
        REFUND_MORE,
        RELEASE,
        CANCEL,
        AUTHORIZE,
        FAULT,
        REPEAT,
        RECONCILE,
        WAIT_NINE_DAYS;

        private static final List<Kind> DRAWN =
                List.of(
                        CAPTURE,
                        CAPTURE,
                        CAPTURE_MORE,
                        CAPTURE_MORE,
                        REFUND,
                        REFUND,
                        REFUND_MORE,
                        REFUND_MORE,
                        RELEASE,
                        CANCEL,
                        AUTHORIZE,
                        AUTHORIZE,
                        FAULT,
                        FAULT,
                        FAULT,
                        REPEAT,
                        RECONCILE,
                        RECONCILE,
                        WAIT_NINE_DAYS);
    }

    /** One step: what to do, on which order, and a number that chooses how. */
    private record Op(Kind kind, int order, int number) {
        @Override
        public String toString() {
            return kind + "(" + order + "," + number + ")";
        }
    }

    /** What is under way: asked for, and not confirmed. */
    private static final class Move {
        final String kind;
        final long amount;
        boolean inTheBooks;

        Move(String kind, long amount) {
            this.kind = kind;
            this.amount = amount;
        }
    }

    /** One order as it should stand. */
    private static final class Model {
        final TestOrder order;
        long amount = TestOrder.AMOUNT;
        long captured;
        long refunded;
        long released;
        int days;
        final List<Move> pending = new ArrayList<>();
        String faultOn = "";
        String fault = "";
        String lastKey = "";
        String lastPath = "";
        String lastId = "";

        Model(TestOrder order, long captured) {
            this.order = order;
            this.captured = captured;
        }

        boolean expired() {
            return days >= 28;
        }

        long remaining() {
            return expired() ? 0 : amount - captured - released;
        }

        long unconfirmed(String kind) {
            return pending.stream()
                    .filter(move -> move.kind.equals(kind))
                    .mapToLong(move -> move.amount)
                    .sum();
        }

        long refundable() {
            return captured - unconfirmed("CAPTURE") - refunded;
        }

        String status() {
            if (captured == 0) {
                return released == amount ? "CANCELLED" : expired() ? "EXPIRED" : "AUTHORIZED";
            }
            if (remaining() > 0) {
                return "PART_CAPTURED";
            }
            return refunded == captured ? "CLOSED" : "CAPTURED";
        }

        /** The provider is told; a fault on this kind of call is met once. */
        void tell(Move move) {
            boolean faulty = faultOn.equals(move.kind);
            move.inTheBooks |= !faulty || !List.of("LOST_REQUEST", "SERVER_ERROR").contains(fault);
            if (!faulty) {
                pending.remove(move);
            }
            faultOn = faulty ? "" : faultOn;
        }

        void ask(String kind, long asked) {
            Move move = new Move(kind, asked);
            pending.add(move);
            tell(move);
        }

        void reconcile() {
            for (Move move : List.copyOf(pending)) {
                if (move.inTheBooks) {
                    pending.remove(move);
                } else {
                    tell(move);
                }
            }
        }
    }

    private static List<Op> sequence(SplittableRandom random) {
        return IntStream.range(0, 50)
                .mapToObj(i ->
                        new Op(
                                Kind.DRAWN.get(random.nextInt(Kind.DRAWN.size())),
                                random.nextInt(3) / 2,
                                random.nextInt(1000)))
                .toList();
    }

    @Test
    void amountsAreAlwaysWhatTheModelSays() {
        try (TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops()) {
            Property.forAll(
                    SEQUENCES,
                    SEED,
                    OrderModelTest::sequence,
                    operations -> new Run(server).play(operations));
        }
    }

    private static final class Run {
        private final TestServer server;
        private final List<Model> models;

        Run(TestServer server) {
            this.server = server;
            TestMerchant manual = TestOrder.capturingManually(server);
            TestMerchant automatic = server.merchant();
            models =
                    List.of(
                            new Model(TestOrder.paid(manual, manual.device()), 0),
                            new Model(
                                    TestOrder.paid(automatic, automatic.device()),
                                    TestOrder.AMOUNT));
        }

        void play(List<Op> operations) {
            for (Op op : operations) {
                step(op, models.get(op.order()));
                models.forEach(model -> agrees(model, op.toString()));
            }
            reconcile();
            reconcile();
            models.forEach(this::booksAgree);
        }

        private void agrees(Model model, String after) {
            try {
                model.order.stands(
                        model.status(), model.captured, model.refunded, model.remaining());
            } catch (AssertionError e) {
                throw new AssertionError("after " + after, e);
            }
        }

        private void booksAgree(Model model) {
            assertThat(model.pending).isEmpty();
            assertThat(model.order.acquirer("refunded_amount")).isEqualTo(model.refunded);
            boolean manual = model == models.getFirst();
            assertThat(model.order.acquirer("captured_amount"))
                    .isEqualTo(manual ? model.captured : 0);
            assertThat(model.order.acquirer("released_amount"))
                    .isEqualTo(model.released == 0 ? 0 : TestOrder.AMOUNT - model.captured);
            String id = model.order.id();
            assertThat(
                            server.texts(
                                    """
                                    select status from order_movement where order_id = ?::uuid
                                        and status <> 'DONE'
                                    """,
                                    id))
                    .isEmpty();
            assertThat(model.order.events("refund.created")).isEqualTo(count(id, "REFUND"));
            assertThat(model.order.events("capture.created")).isEqualTo(count(id, "CAPTURE"));
        }

        private long count(String order, String kind) {
            return server.count(
                    "select count(*) from order_movement where order_id = ?::uuid and kind = '"
                            + kind
                            + "'",
                    order);
        }

        private void step(Op op, Model model) {
            switch (op.kind()) {
                case CAPTURE -> capture(model, some(op, model.remaining()));
                case CAPTURE_MORE -> capture(model, model.remaining() + op.number() % 3 - 1);
                case REFUND -> refund(model, some(op, model.refundable()));
                case REFUND_MORE -> refund(model, model.refundable() + op.number() % 3 - 1);
                case RELEASE -> release(model);
                case CANCEL -> cancel(model);
                case AUTHORIZE -> authorize(model, op);
                case FAULT -> fault(model, op);
                case REPEAT -> repeat(model);
                case RECONCILE -> reconcile();
                case WAIT_NINE_DAYS -> {
                    server.clock.advance(Duration.ofDays(9));
                    for (Model other : models) {
                        other.days += 9;
                        other.lastPath = ""; // A key is forgotten after a day.
                    }
                }
            }
        }

        private static long some(Op op, long most) {
            return 1 + op.number() * Math.max(0, most - 1) / 2000;
        }

        private void capture(Model model, long amount) {
            long asked = Math.max(1, amount);
            Answer answer = send(model, "/captures", "captured_amount", asked);
            if (asked > model.remaining()) {
                var _ = answer.is(403, "CAPTURE_NOT_ALLOWED");
                return;
            }
            granted(model, answer.is(201), "/captures", "capture-id");
            model.captured += asked;
            model.ask("CAPTURE", asked);
        }

        private void refund(Model model, long amount) {
            long asked = Math.max(0, amount);
            Answer answer = send(model, "/refunds", "refunded_amount", asked);
            if (asked == 0 || asked > model.refundable()) {
                var _ = answer.is(403, "REFUND_NOT_ALLOWED");
                return;
            }
            granted(model, answer.is(201), "/refunds", "refund-id");
            model.refunded += asked;
            model.ask("REFUND", asked);
        }

        private static Answer send(Model model, String path, String field, long amount) {
            String key = Secrets.text(9);
            model.lastKey = key;
            model.lastPath = "";
            return model.order.post(key, path, "{\"" + field + "\": " + amount + "}");
        }

        private static void granted(Model model, Answer answer, String path, String header) {
            model.lastPath = path;
            model.lastId = answer.response().headers().firstValue(header).orElseThrow();
        }

        /** The same operation under the same key, with another body: the first answer again. */
        private static void repeat(Model model) {
            if (model.lastPath.isEmpty()) {
                return;
            }
            Answer again = model.order.post(model.lastKey, model.lastPath, "{}").is(201);
            assertThat(again.response().headers().map().values())
                    .anyMatch(values -> values.contains(model.lastId));
        }

        private static void release(Model model) {
            Answer answer = model.order.post("/release-remaining-authorization", "");
            if (model.unconfirmed("CAPTURE") > 0) {
                var _ = answer.is(409, "CONFLICT");
            } else if (model.remaining() == 0) {
                var _ = answer.is(403, "NOT_ALLOWED");
            } else {
                var _ = answer.is(204);
                letGo(model);
            }
        }

        private static void cancel(Model model) {
            Answer answer = model.order.post("/cancel", "");
            if (model.status().equals("CANCELLED")) {
                var _ = answer.is(204);
            } else if (model.status().equals("AUTHORIZED")) {
                var _ = answer.is(204);
                letGo(model);
            } else {
                var _ = answer.is(403, "CANCEL_NOT_ALLOWED");
            }
        }

        private static void letGo(Model model) {
            long rest = model.remaining();
            model.released += rest;
            model.ask("RELEASE", rest);
        }

        private static void authorize(Model model, Op op) {
            long amount = Math.max(1, model.captured + op.number() * 300L - 20_000);
            Answer answer =
                    model.order.patch("/authorization", "{\"order_amount\": " + amount + "}");
            if (model.remaining() == 0
                    || model.released > 0
                    || amount < model.captured
                    || amount > TestOrder.AMOUNT) {
                var _ = answer.is(403, "NOT_ALLOWED");
            } else {
                var _ = answer.is(204);
                model.amount = amount;
            }
        }

        private static void fault(Model model, Op op) {
            model.faultOn = List.of("CAPTURE", "REFUND", "RELEASE").get(op.number() % 3);
            model.fault = FAULTS.get(op.number() % FAULTS.size());
            model.order.fault(model.faultOn, model.fault);
        }

        private void reconcile() {
            server.clock.advance(Duration.ofMinutes(6));
            server.reconcile();
            models.forEach(Model::reconcile);
        }
    }
}
