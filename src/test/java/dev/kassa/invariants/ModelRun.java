package dev.kassa.invariants;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kassa.kernel.Secrets;
import dev.kassa.testing.Answer;
import dev.kassa.testing.TestMerchant;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One sequence, with a merchant of its own. */
final class ModelRun {
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

    private final ModelServer nodes;

    private final PaymentModel model = new PaymentModel();

    private final TestMerchant merchant;

    private final List<TestMerchant.TestDevice> devices = new ArrayList<>();

    private final List<String> ids = new ArrayList<>();

    private final Map<String, String> ended = new HashMap<>();

    /** The session that the newest step was about. */
    private int touched;

    private final ModelRequests requests;

    ModelRun(ModelServer nodes) {
        this.nodes = nodes;
        merchant = nodes.server.merchant();
        for (int i = 0; i < DEVICES; i++) {
            devices.add(merchant.device());
        }
        requests = new ModelRequests(nodes, merchant, devices);
    }

    void play(List<ModelStep> ops) {
        for (ModelStep op : ops) {
            step(op);
            agree(op.toString());
        }
        rest();
    }

    private void step(ModelStep op) {
        switch (op.kind()) {
            case CREATE -> create(op);
            case ADVANCE -> advance(pick(MOVES, op.a()));
            case RECONCILE -> reconcile();
            case EXPIRE -> expire();
            case REPEAT -> requests.repeat(op.a(), this::created);
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

    private void create(ModelStep op) {
        int device = op.a() % DEVICES;
        HttpResponse<String> answer =
                requests.send(
                        new ModelRequests.Sent(
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

    private static @Nullable String key(ModelStep op) {
        return op.b() % 2 == 0 ? Secrets.text(9) : null;
    }

    private void onSession(ModelStep op, int index) {
        touched = index;
        ModelSession session = model.sessions().get(index);
        String id = ids.get(index);
        String card = pick(CARDS, op.b());
        String pos = "/pos/v1/sessions/" + id;
        String dev = "/ipp/v1/dev/sessions/" + id;
        switch (op.kind()) {
            case ATTACH ->
                    byDevice(
                            session,
                            "POST",
                            pos + "/payments",
                            "{\"method\": \"tap_to_pay\"}",
                            () -> model.attach(session));
            case FINALIZE ->
                    byDevice(session, "POST", pos + "/finalize", "", () -> model.finish(session));
            case CANCEL_BY_DEVICE ->
                    byDevice(session, "PUT", pos + "/cancel", "", () -> model.cancel(session));
            case CANCEL_BY_BACKEND ->
                    byMerchant(
                            op,
                            session,
                            "PUT",
                            "/ipp/v1/sessions/" + id + "/cancel",
                            () -> model.cancel(session));
            case TAP ->
                    byMerchant(
                            op,
                            session,
                            "POST",
                            dev + "/simulate-tap?outcome=" + card,
                            new ModelTap(model, session, card));
            case DECIDE -> decide(op, session, dev, card);
            case FAULT -> fault(op, session, dev);
            default -> throw new IllegalStateException(op + " is for no session");
        }
    }

    private void byDevice(
            ModelSession session,
            String method,
            String path,
            String body,
            ModelRequests.Verb verb) {
        var _ =
                requests.send(
                        new ModelRequests.Sent(
                                true, session.device, method, path, body, null, verb));
    }

    /** Under an idempotency key or not. */
    private void byMerchant(
            ModelStep op,
            ModelSession session,
            String method,
            String path,
            ModelRequests.Verb verb) {
        var _ =
                requests.send(
                        new ModelRequests.Sent(
                                false, session.device, method, path, "", key(op), verb));
    }

    /** On any of the session's payments, old ones too. */
    private void decide(ModelStep op, ModelSession session, String dev, String card) {
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
        byMerchant(
                op,
                session,
                "POST",
                dev + "/provider-decision?outcome=" + card + "&callbacks=" + callbacks + named,
                () ->
                        model.decide(
                                session,
                                attempts.isEmpty() ? newest(session) : session.attempts.get(which),
                                card,
                                callbacks));
    }

    /** When the request is repeated, there may be one. */
    private static ModelSession.@Nullable Attempt newest(ModelSession session) {
        return session.attempts.isEmpty() ? null : session.attempts.getLast();
    }

    /** So few that two refunds of one session never meet one: they would take it in any order. */
    private void fault(ModelStep op, ModelSession session, String dev) {
        long waiting = session.attempts.stream().filter(a -> "PENDING".equals(a.refund)).count();
        List<ModelSession.Step> steps = new ArrayList<>();
        for (int i = 0; i < Math.min(1 + op.a() % 2, 2 - waiting); i++) {
            String call = pick(CALLS, op.b() / (1 + i * 7));
            steps.add(
                    new ModelSession.Step(
                            call.isEmpty() ? null : call, pick(FAULTS, op.b() / (5 + i * 30))));
        }
        if (steps.isEmpty()) {
            return;
        }
        String faults = String.join(", ", steps.stream().map(ModelSession.Step::json).toList());
        HttpResponse<String> answer =
                requests.exchange(
                        new ModelRequests.Sent(
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

    private void agree(String step) {
        List<String> words = new ArrayList<>();
        List<String> found = new ArrayList<>();
        nodes.server
                .jdbc
                .sql(PaymentQueries.STATE)
                .param(merchant.id().value())
                .query(row -> {
                    found.add(row.getString("session_id"));
                    words.add(row.getString("words"));
                });
        assertThat(String.join("\n", words)).as("after %s", step).isEqualTo(model.state());
        assertThat(found).as("after %s", step).isEqualTo(ids);
        assertThat(nodes.server.texts(PaymentQueries.BROKEN, merchant.id().value()))
                .as("broken after %s", step)
                .isEmpty();
        if (!ids.isEmpty()) {
            shown(touched);
        }
        finalIsFinal(step);
    }

    private void shown(int index) {
        HttpResponse<String> answer =
                requests.exchange(
                        new ModelRequests.Sent(
                                false,
                                0,
                                "GET",
                                "/ipp/v1/sessions/" + ids.get(index),
                                "",
                                null,
                                () -> 200));
        ModelSession session = model.sessions().get(index);
        model.read(session);
        Answer shown = Answer.of(answer);
        assertThat(shown.text("status")).isEqualTo(session.status);
        assertThat(shown.text("order_id").isEmpty()).isEqualTo(!session.status.equals("FINALIZED"));
    }

    private void finalIsFinal(String step) {
        for (int i = 0; i < ids.size(); i++) {
            ModelSession session = model.sessions().get(i);
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
            ModelSession session = model.sessions().get(i);
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
        assertThat(nodes.server.texts(PaymentQueries.UNEVEN, merchant.id().value())).isEmpty();
    }

    private void tellTheTruth(int index) {
        ModelSession session = model.sessions().get(index);
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
        return requests.exchange(
                new ModelRequests.Sent(
                        false,
                        0,
                        method,
                        "/ipp/v1/dev/sessions/" + ids.get(index) + verb,
                        body,
                        null,
                        () -> 200));
    }

    private static <T> T pick(List<T> list, int number) {
        return list.get(number % list.size());
    }
}
