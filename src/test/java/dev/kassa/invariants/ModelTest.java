package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Secrets;
import dev.kassa.testing.Answer;
import dev.kassa.testing.MovableClock;
import dev.kassa.testing.Property;
import dev.kassa.testing.TestClient;
import dev.kassa.testing.TestMerchant;
import dev.kassa.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of everything that can happen to a payment, against {@link PaymentModel}: after
 * each step the database must hold what the model says, the API must show it, and the invariants of
 * design 3 must hold whatever the model says. At the end of each sequence the acquirer tells the
 * truth, and everything must come to rest.
 */
class ModelTest {
    private static final int SEQUENCES = Integer.getInteger("kassa.model.sequences", 10);
    private static final @Nullable Long SEED = Long.getLong("kassa.model.seed");
    private static final int DEVICES = 2;
    private static final List<String> CARDS =
            List.of("SUCCESS", "SUCCESS", "LOST_CARD", "INSUFFICIENT_FUNDS", "PROCESSING_ERROR");
    private static final List<String> FAULTS =
            List.of(
                    "LATE",
                    "LOST_REQUEST",
                    "LOST_REPLY",
                    "SERVER_ERROR",
                    "SERVER_ERROR_AFTER",
                    "GARBAGE");
    private static final List<String> CALLS = List.of("", "START", "LOOKUP", "CANCEL", "REFUND");
    private static final List<Duration> MOVES =
            List.of(
                    Duration.ofSeconds(16),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(6),
                    Duration.ofMinutes(31),
                    Duration.ofMinutes(61));

    /**
     * In words, as the model says it. When a provider has owed an answer for so long that this is
     * told is not the model's; see {@code UnknownTest}.
     */
    private static final String STATE =
            """
            select session_id::text, status || case when attempt_id is null then '' else ' in flight' end
                || ' orders=' || (select count(*) from orders o where o.session_id = s.session_id)
                || ' captures=' || (select count(*) from orders o join order_movement using (order_id)
                    where o.session_id = s.session_id)
                || ' [' || coalesce((select string_agg(a.status || '/' || coalesce(p.status, 'NONE')
                    || '/' || case when p.refunded_amount = p.amount then 'back' else '-' end
                    || '/' || coalesce((select string_agg(l.status, '+' order by l.status)
                        from late_answer l where l.attempt_id = a.attempt_id), '-')
                    || '/' || coalesce((select r.status from refund r
                        where r.attempt_id = a.attempt_id
                        order by refund_id desc limit 1), '-'),
                    ', ' order by a.created_at, a.attempt_id)
                from attempt a left join simulator_payment p on idempotency_key = attempt_id
                where a.session_id = s.session_id), '')
                || '] ' || (select string_agg(type, ' ' order by seq) from event e
                    where e.session_id = s.session_id
                        and type <> 'kassa.operation.unknown') as words
            from session s where merchant_id = ? order by created_at, session_id
            """;

    /** Sessions that break an invariant, found without the model. Must be empty. */
    private static final String BROKEN =
            """
            select session_id::text from session s
            where merchant_id = ? and (
                (select count(*) from attempt a where a.session_id = s.session_id
                    and a.status = 'APPROVED') <> (status = 'FINALIZED')::int
                or (select count(*) from attempt a where a.session_id = s.session_id
                    and a.status = 'PENDING') <> (attempt_id is not null)::int
                or (select count(*) from orders o where o.session_id = s.session_id)
                    <> (status = 'FINALIZED')::int
                or (select count(*) from event e where e.session_id = s.session_id
                    and type in ('ipp.session.finalized', 'ipp.session.cancelled',
                        'ipp.session.expired', 'ipp.session.failed'))
                    <> (status not in ('CREATED', 'ACTIVE'))::int
                or (select count(*) from event e where e.session_id = s.session_id
                    and type = 'kassa.operation.unknown')
                    > (select count(*) from attempt a where a.session_id = s.session_id)
                        + (select count(*) from refund r where r.session_id = s.session_id)
                        + (select count(*) from orders o join order_movement using (order_id)
                            where o.session_id = s.session_id)
                or (select count(*) from attempt a join simulator_payment p
                        on idempotency_key = attempt_id
                    where a.session_id = s.session_id and p.refunded_amount > p.amount) > 0)
            """;

    /** Sessions whose money does not come out even once all is told. Must be empty. */
    private static final String UNEVEN =
            """
            select session_id::text from session s
            where merchant_id = ? and (status in ('CREATED', 'ACTIVE')
                or (select count(*) from attempt a join simulator_payment p
                        on idempotency_key = attempt_id
                    where a.session_id = s.session_id
                        and p.status = 'APPROVED' and p.refunded_amount = 0)
                    + (select count(*) from attempt a
                        join simulator_payment p on idempotency_key = attempt_id
                        where a.session_id = s.session_id and a.status = 'APPROVED'
                            and p.status <> 'APPROVED' and exists (select from late_answer l
                                where l.attempt_id = a.attempt_id))
                    <> (status = 'FINALIZED')::int
                or exists (select from refund r where r.session_id = s.session_id
                    and r.status = 'PENDING'))
            """;

    /** One step: what to do, and numbers that choose with whom and how. */
    private record Op(Kind kind, int a, int b) {
        @Override
        public String toString() {
            return kind + "(" + a + "," + b + ")";
        }
    }

    private enum Kind {
        CREATE(14),
        ATTACH(14),
        TAP(14),
        FAULT(16),
        DECIDE(16),
        FINALIZE(12),
        CANCEL_BY_BACKEND(5),
        CANCEL_BY_DEVICE(5),
        ADVANCE(8),
        RECONCILE(10),
        EXPIRE(4),
        REPEAT(12),
        RESTART(0.1);

        private final double weight;

        Kind(double weight) {
            this.weight = weight;
        }
    }

    private static List<Op> sequence(SplittableRandom random) {
        double all = 0;
        for (Kind kind : Kind.values()) {
            all += kind.weight;
        }
        double total = all;
        return IntStream.range(0, 200 + random.nextInt(40))
                .mapToObj(i -> {
                    double at = random.nextDouble(total);
                    for (Kind kind : Kind.values()) {
                        at -= kind.weight;
                        if (at < 0) {
                            return new Op(kind, random.nextInt(1000), random.nextInt(1000));
                        }
                    }
                    throw new IllegalStateException("the weights do not add up");
                })
                .toList();
    }

    private static <T> T pick(List<T> list, int number) {
        return list.get(number % list.size());
    }

    @Test
    void whateverHappensTheModelAgrees() {
        String printed = System.getProperty("kassa.model.replay", "");
        try (Nodes nodes = new Nodes()) {
            if (!printed.isEmpty()) {
                new Run(nodes).play(replay(printed));
                return;
            }
            Property.forAll(SEQUENCES, SEED, ModelTest::sequence, ops -> new Run(nodes).play(ops));
        }
    }

    /** The steps that a failing run printed, for {@code -Dkassa.model.replay}. */
    private static List<Op> replay(String printed) {
        return Pattern.compile("(\\w+)\\((\\d+),(\\d+)\\)")
                .matcher(printed)
                .results()
                .map(step ->
                        new Op(
                                Kind.valueOf(step.group(1)),
                                Integer.parseInt(step.group(2)),
                                Integer.parseInt(step.group(3))))
                .toList();
    }

    /** The server, which a sequence may restart. */
    private static final class Nodes implements AutoCloseable {
        private TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops();

        void restart() {
            server = server.restart().withoutLoops();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** One sequence, with a merchant of its own. */
    private static final class Run {
        /** A request as sent, and how the model takes it. */
        private record Sent(
                boolean byDevice,
                int device,
                String method,
                String path,
                String body,
                @Nullable String key,
                Supplier<Integer> model) {}

        private record Kept(Sent sent, int status, String body) {}

        private final Nodes nodes;
        private final PaymentModel model = new PaymentModel();
        private final TestMerchant merchant;
        private final List<TestMerchant.TestDevice> devices = new ArrayList<>();
        private final List<String> ids = new ArrayList<>();
        private final List<Kept> history = new ArrayList<>();
        private final Map<String, String> ended = new HashMap<>();

        /** The session that the newest step was about. */
        private int touched;

        /** What used each idempotency key up: its first answer below 400. */
        private final Map<String, Kept> answered = new HashMap<>();

        Run(Nodes nodes) {
            this.nodes = nodes;
            merchant = nodes.server.merchant();
            for (int i = 0; i < DEVICES; i++) {
                devices.add(merchant.device());
            }
        }

        void play(List<Op> ops) {
            for (Op op : ops) {
                step(op);
                agree(op.toString());
            }
            rest();
        }

        private void step(Op op) {
            switch (op.kind()) {
                case CREATE -> create(op);
                case ADVANCE -> advance(pick(MOVES, op.a()));
                case RECONCILE -> reconcile();
                case EXPIRE -> expire();
                case REPEAT -> repeat(op);
                case RESTART -> {
                    nodes.restart();
                    // Its loops have run once, or not; now they surely have.
                    reconcile();
                    expire();
                }
                case ATTACH, TAP, FAULT, DECIDE, FINALIZE, CANCEL_BY_BACKEND, CANCEL_BY_DEVICE -> {
                    if (!ids.isEmpty()) {
                        // Mostly the newest, which are open.
                        int last = Math.min(ids.size(), op.a() % 4 == 0 ? ids.size() : 4);
                        onSession(op, ids.size() - 1 - (op.a() / 4) % last);
                    }
                }
            }
        }

        private void advance(Duration by) {
            nodes.server.clock.advance(by);
            model.advance(by.toMillis());
        }

        private void reconcile() {
            nodes.server.reconcile();
            model.reconcile();
        }

        private void expire() {
            nodes.server.run("session-expiry");
            model.expire();
        }

        private void create(Op op) {
            int device = op.a() % DEVICES;
            HttpResponse<String> answer =
                    send(
                            new Sent(
                                    false,
                                    device,
                                    "POST",
                                    "/ipp/v1/sessions",
                                    TestMerchant.cart(devices.get(device).id()),
                                    key(op),
                                    () -> {
                                        var _ = model.create(device);
                                        return 200;
                                    }));
            created(answer);
        }

        private void created(HttpResponse<String> answer) {
            touched = ids.size();
            ids.add(Answer.of(answer).text("session_id"));
        }

        private static @Nullable String key(Op op) {
            return op.b() % 2 == 0 ? Secrets.text(9) : null;
        }

        private void onSession(Op op, int index) {
            touched = index;
            PaymentModel.Session session = model.sessions().get(index);
            String id = ids.get(index);
            String card = pick(CARDS, op.b());
            String pos = "/pos/v1/sessions/" + id;
            String ipp = "/ipp/v1/sessions/" + id;
            String dev = "/ipp/v1/dev/sessions/" + id;
            int device = session.device;
            switch (op.kind()) {
                case ATTACH ->
                        send(
                                true,
                                device,
                                "POST",
                                pos + "/payments",
                                "{\"method\": \"tap_to_pay\"}",
                                null,
                                () -> model.attach(session));
                case FINALIZE ->
                        send(
                                true,
                                device,
                                "POST",
                                pos + "/finalize",
                                "",
                                null,
                                () -> model.finish(session));
                case CANCEL_BY_DEVICE ->
                        send(
                                true,
                                device,
                                "PUT",
                                pos + "/cancel",
                                "",
                                null,
                                () -> model.cancel(session));
                case CANCEL_BY_BACKEND ->
                        send(
                                false,
                                device,
                                "PUT",
                                ipp + "/cancel",
                                "",
                                key(op),
                                () -> model.cancel(session));
                case TAP ->
                        send(
                                false,
                                device,
                                "POST",
                                dev + "/simulate-tap?outcome=" + card,
                                "",
                                key(op),
                                () -> model.tap(session, card));
                case DECIDE -> decide(op, session, dev, card);
                case FAULT -> fault(op, session, dev);
                default -> throw new IllegalStateException(op + " is for no session");
            }
        }

        /** On any of the session's payments, old ones too. */
        private void decide(Op op, PaymentModel.Session session, String dev, String card) {
            List<String> attempts =
                    nodes.server.texts(
                            """
                            select attempt_id::text from attempt where session_id = ?::uuid
                            order by created_at, attempt_id
                            """,
                            ids.get(model.sessions().indexOf(session)));
            int callbacks = op.b() / 5 % 3;
            int which = attempts.isEmpty() ? 0 : op.b() / 15 % attempts.size();
            String named = attempts.isEmpty() ? "" : "&attempt_id=" + attempts.get(which);
            send(
                    false,
                    session.device,
                    "POST",
                    dev + "/provider-decision?outcome=" + card + "&callbacks=" + callbacks + named,
                    "",
                    key(op),
                    () ->
                            model.decide(
                                    session,
                                    attempts.isEmpty()
                                            ? newest(session)
                                            : session.attempts.get(which),
                                    card,
                                    callbacks));
        }

        /** When the request is repeated, there may be one. */
        private static PaymentModel.@Nullable Attempt newest(PaymentModel.Session session) {
            return session.attempts.isEmpty() ? null : session.attempts.getLast();
        }

        /**
         * So few that two refunds of one session never meet one: they would take it in any order.
         */
        private void fault(Op op, PaymentModel.Session session, String dev) {
            long waiting =
                    session.attempts.stream().filter(a -> "PENDING".equals(a.refund)).count();
            List<PaymentModel.Step> steps = new ArrayList<>();
            for (int i = 0; i < Math.min(1 + op.a() % 2, 2 - waiting); i++) {
                String call = pick(CALLS, op.b() / (1 + i * 7));
                steps.add(
                        new PaymentModel.Step(
                                call.isEmpty() ? null : call, pick(FAULTS, op.b() / (5 + i * 30))));
            }
            if (steps.isEmpty()) {
                return;
            }
            String faults =
                    String.join(
                            ", ",
                            steps.stream()
                                    .map(step ->
                                            "{\"fault\": \""
                                                    + step.fault()
                                                    + "\""
                                                    + (step.call() == null
                                                            ? "}"
                                                            : ", \"call\": \""
                                                                    + step.call()
                                                                    + "\"}"))
                                    .toList());
            HttpResponse<String> answer =
                    exchange(
                            new Sent(
                                    false,
                                    session.device,
                                    "PUT",
                                    dev + "/provider-faults",
                                    "{\"faults\": [" + faults + "]}",
                                    null,
                                    () -> 200));
            assertThat(answer.statusCode()).isEqualTo(200);
            model.read(session);
            session.script.clear();
            session.script.addAll(steps);
        }

        private void send(
                boolean byDevice,
                int device,
                String method,
                String path,
                String body,
                @Nullable String key,
                Supplier<Integer> verb) {
            var _ = send(new Sent(byDevice, device, method, path, body, key, verb));
        }

        private HttpResponse<String> send(Sent sent) {
            HttpResponse<String> answer = exchange(sent);
            int owed = sent.model().get();
            assertThat(answer.statusCode())
                    .as("%s %s: %s", sent.method(), sent.path(), answer.body())
                    .isEqualTo(owed);
            Kept kept = new Kept(sent, owed, answer.body());
            history.add(kept);
            if (sent.key() != null && owed < 400) {
                answered.put(sent.key(), kept);
            }
            return answer;
        }

        /** Any earlier request once more, word for word. */
        private void repeat(Op op) {
            if (history.isEmpty()) {
                return;
            }
            Kept kept = pick(history, op.a());
            Sent sent = kept.sent();
            Kept used = sent.key() == null ? null : answered.get(sent.key());
            if (used != null) {
                HttpResponse<String> answer = exchange(sent);
                assertThat(answer.statusCode()).isEqualTo(used.status());
                assertThat(answer.body()).isEqualTo(used.body());
            } else if (sent.path().equals("/ipp/v1/sessions")) {
                created(send(sent));
            } else {
                var _ = send(sent);
            }
        }

        private HttpResponse<String> exchange(Sent sent) {
            TestClient client =
                    new TestClient(
                            nodes.server.url(),
                            sent.byDevice()
                                    ? devices.get(sent.device()).api().authorization()
                                    : merchant.api().authorization());
            HttpRequest.Builder request =
                    client.request(sent.path())
                            .header("Content-Type", "application/json")
                            .method(
                                    sent.method(),
                                    HttpRequest.BodyPublishers.ofString(sent.body()));
            return client.plain(
                    sent.key() == null ? request : request.header("Idempotency-Key", sent.key()));
        }

        private void agree(String step) {
            List<String> words = new ArrayList<>();
            List<String> found = new ArrayList<>();
            nodes.server
                    .jdbc
                    .sql(STATE)
                    .param(merchant.id().value())
                    .query(row -> {
                        found.add(row.getString("session_id"));
                        words.add(row.getString("words"));
                    });
            assertThat(String.join("\n", words)).as("after %s", step).isEqualTo(model.state());
            assertThat(found).as("after %s", step).isEqualTo(ids);
            assertThat(nodes.server.texts(BROKEN, merchant.id().value()))
                    .as("broken after %s", step)
                    .isEmpty();
            if (!ids.isEmpty()) {
                shown(touched);
            }
            finalIsFinal(step);
        }

        private void shown(int index) {
            HttpResponse<String> answer =
                    exchange(
                            new Sent(
                                    false,
                                    0,
                                    "GET",
                                    "/ipp/v1/sessions/" + ids.get(index),
                                    "",
                                    null,
                                    () -> 200));
            PaymentModel.Session session = model.sessions().get(index);
            model.read(session);
            Answer shown = Answer.of(answer);
            assertThat(shown.text("status")).isEqualTo(session.status);
            assertThat(shown.text("order_id").isEmpty())
                    .isEqualTo(!session.status.equals("FINALIZED"));
        }

        private void finalIsFinal(String step) {
            for (int i = 0; i < ids.size(); i++) {
                PaymentModel.Session session = model.sessions().get(i);
                if (session.isFinal()) {
                    String before = ended.putIfAbsent(ids.get(i), session.status);
                    assertThat(before == null ? session.status : before)
                            .as("after %s", step)
                            .isEqualTo(session.status);
                }
            }
        }

        /** The acquirer is well again and tells the truth; all must come to rest, and even. */
        private void rest() {
            for (int i = 0; i < ids.size(); i++) {
                PaymentModel.Session session = model.sessions().get(i);
                var _ = merchant(i, "DELETE", "/provider-faults", "").statusCode();
                model.read(session);
                session.script.clear();
            }
            advance(Duration.ofMinutes(61));
            reconcile();
            for (int i = 0; i < ids.size(); i++) {
                tellTheTruth(i);
            }
            advance(Duration.ofMinutes(6));
            reconcile();
            expire();
            agree("rest");
            assertThat(nodes.server.texts(UNEVEN, merchant.id().value())).isEmpty();
        }

        private void tellTheTruth(int index) {
            PaymentModel.Session session = model.sessions().get(index);
            List<String> attempts =
                    nodes.server.texts(
                            """
                            select attempt_id || ' ' || coalesce(decline_code, 'success')
                            from attempt join simulator_payment p on idempotency_key = attempt_id
                            where attempt.session_id = ?::uuid and p.status <> 'CANCELLED'
                            """,
                            ids.get(index));
            for (String attempt : attempts) {
                String[] parts = attempt.split(" ", 2);
                String card = parts[1].toUpperCase(Locale.ROOT);
                int which =
                        nodes.server
                                .texts(
                                        """
                                        select attempt_id::text from attempt
                                        where session_id = ?::uuid order by created_at, attempt_id
                                        """,
                                        ids.get(index))
                                .indexOf(parts[0]);
                HttpResponse<String> told =
                        merchant(
                                index,
                                "POST",
                                "/provider-decision?outcome=" + card + "&attempt_id=" + parts[0],
                                "");
                assertThat(told.statusCode())
                        .as(told.body())
                        .isEqualTo(model.decide(session, session.attempts.get(which), card, 1));
            }
        }

        private HttpResponse<String> merchant(int index, String method, String verb, String body) {
            return exchange(
                    new Sent(
                            false,
                            0,
                            method,
                            "/ipp/v1/dev/sessions/" + ids.get(index) + verb,
                            body,
                            null,
                            () -> 200));
        }
    }
}
