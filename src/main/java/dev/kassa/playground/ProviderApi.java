package dev.kassa.playground;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.payment.simulator.FaultScript;
import dev.kassa.payment.simulator.FaultStep;
import dev.kassa.payment.simulator.ProviderDecisions;
import dev.kassa.payment.simulator.ProviderFault;
import dev.kassa.payment.simulator.SimulatedAcquirer;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Makes the simulated acquirer misbehave: faults to come, and decisions of its own. */
@RestController
@Requires(Permission.PLAYGROUND_USE)
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
@RequestMapping(path = "/ipp/v1/dev", produces = MediaType.APPLICATION_JSON_VALUE)
final class ProviderApi {
    /** Steps of one script. */
    private static final int STEPS = 100;

    /** Real milliseconds that a fault may take. */
    private static final int DELAY_MS = 30_000;

    /** Callbacks of one decision. */
    private static final int CALLBACKS = 10;

    private final Sessions sessions;
    private final Payments payments;
    private final FaultScript script;
    private final ProviderDecisions decisions;

    ProviderApi(
            Sessions sessions, Payments payments, FaultScript script, ProviderDecisions decisions) {
        this.sessions = sessions;
        this.payments = payments;
        this.script = script;
        this.decisions = decisions;
    }

    record Script(List<FaultStep> faults) {}

    record Decision(
            AttemptId attemptId, SimulatedAcquirer.Status status, List<Integer> callbacks) {}

    @GetMapping("/provider-faults")
    Script faults(Merchant merchant, Query query) {
        query.refuseOthers();
        query.throwIfAny();

        return left(merchant, null);
    }

    @PutMapping("/provider-faults")
    Script replace(Merchant merchant, JsonObject body) {
        return replace(merchant, null, body);
    }

    @DeleteMapping("/provider-faults")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void clear(Merchant merchant) {
        script.replace(merchant.id(), null, List.of());
    }

    @GetMapping("/sessions/{sessionId}/provider-faults")
    Script faultsOf(Merchant merchant, @PathVariable("sessionId") SessionId id, Query query) {
        query.refuseOthers();
        query.throwIfAny();

        return left(merchant, sessions.get(merchant.id(), id).id());
    }

    @PutMapping("/sessions/{sessionId}/provider-faults")
    Script replaceOf(Merchant merchant, @PathVariable("sessionId") SessionId id, JsonObject body) {
        return replace(merchant, sessions.get(merchant.id(), id).id(), body);
    }

    @DeleteMapping("/sessions/{sessionId}/provider-faults")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void clearOf(Merchant merchant, @PathVariable("sessionId") SessionId id) {
        script.replace(merchant.id(), sessions.get(merchant.id(), id).id(), List.of());
    }

    private Script replace(Merchant merchant, @Nullable SessionId session, JsonObject body) {
        List<FaultStep> steps = body.requiredList("faults", STEPS, ProviderApi::step);
        body.faults().throwIfAny();

        script.replace(merchant.id(), session, steps);
        return left(merchant, session);
    }

    private static FaultStep step(JsonObject step) {
        return new FaultStep(
                step.optional(
                        "call",
                        "one of " + Arrays.toString(ProviderFault.Call.values()),
                        ProviderFault.Call::valueOf),
                Objects.requireNonNullElse(
                        step.required(
                                "fault",
                                "one of " + Arrays.toString(ProviderFault.values()),
                                ProviderFault::valueOf),
                        ProviderFault.LATE),
                step.optionalInt("delay_ms", 0, DELAY_MS).orElse(0));
    }

    private Script left(Merchant merchant, @Nullable SessionId session) {
        return new Script(script.left(merchant.id(), session));
    }

    @Operation(callsProvider = true)
    @PostMapping("/sessions/{sessionId}/provider-decision")
    Decision decide(Merchant merchant, @PathVariable("sessionId") SessionId id, Query query)
            throws InterruptedException {
        CardOutcome outcome =
                query.optional(
                        "outcome",
                        "one of " + Arrays.toString(CardOutcome.values()),
                        CardOutcome::valueOf);
        int callbacks = query.number("callbacks", 0, CALLBACKS, 1);
        AttemptId named = query.optional("attempt_id", "a UUID", AttemptId::parse);
        query.throwIfAny();
        Session session = sessions.get(merchant.id(), id);
        Attempt attempt =
                payments.latest(session)
                        .orElseThrow(() ->
                                Problem.conflict(
                                        "The session has no payment yet. Attach one first."));
        if (named != null) {
            attempt = payments.attempt(session, named);
        }
        AttemptId decided = attempt.id();
        return decisions
                .decide(
                        attempt,
                        Objects.requireNonNullElse(outcome, CardOutcome.SUCCESS),
                        callbacks)
                .map(done -> new Decision(decided, done.status(), done.callbacks()))
                .orElseThrow(() ->
                        Problem.conflict(
                                "The acquirer has never heard of payment " + decided + "."));
    }
}
