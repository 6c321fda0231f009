package dev.kassa.playground;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Devices;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.idempotency.IdempotencyFilter;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.PaymentMethod;
import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.payment.simulator.SimulatedAcquirer;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.SessionView;
import dev.kassa.session.Sessions;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Holds a simulated card to a simulated device (contract 2.3, ruling R7). */
@RestController
@Requires(Permission.PLAYGROUND_USE)
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
final class SimulatedTapApi {
    private static final int TRIES = 10;

    private final Sessions sessions;
    private final Payments payments;
    private final Devices devices;
    private final SimulatedAcquirer acquirer;

    SimulatedTapApi(
            Sessions sessions, Payments payments, Devices devices, SimulatedAcquirer acquirer) {
        this.sessions = sessions;
        this.payments = payments;
        this.devices = devices;
        this.acquirer = acquirer;
    }

    @Operation(callsProvider = true)
    @PostMapping(
            path = "/ipp/v1/dev/sessions/{sessionId}/simulate-tap",
            produces = MediaType.APPLICATION_JSON_VALUE)
    SessionView tap(
            Merchant merchant,
            @PathVariable("sessionId") SessionId id,
            Query query,
            HttpServletRequest request) {
        CardOutcome asked =
                query.optional(
                        "outcome",
                        "one of " + Arrays.toString(CardOutcome.values()),
                        CardOutcome::valueOf);
        query.throwIfAny();
        CardOutcome card = asked == null ? CardOutcome.SUCCESS : asked;
        Session session = sessions.get(merchant.id(), id);
        if (!devices.get(merchant.id(), session.deviceId()).simulated()) {
            throw Problem.conflict(
                    "The session's device is not simulated. Make one with POST /ipp/v1/dev/devices.");
        }
        if (IdempotencyFilter.isRepeated(request)) {
            boolean inFlight = session.attemptId() != null;
            return answer(
                    payments.latest(session)
                            .filter(attempt -> inFlight)
                            .map(payments::check)
                            .orElse(session),
                    request);
        }
        // A tap that another one overtook is held to the next payment, until the session takes
        // none.
        for (int i = 0; i < TRIES; i++) {
            Attempt attempt = payments.attach(session, PaymentMethod.TAP_TO_PAY).attempt();
            boolean taken = acquirer.tap(attempt.id(), card);
            session = payments.check(attempt);
            if (taken) {
                return answer(session, request);
            }
        }
        throw Problem.conflict("Too many taps at once. Try again.");
    }

    private static SessionView answer(Session session, HttpServletRequest request) {
        if (session.attemptId() != null) {
            IdempotencyFilter.provisional(request);
        }
        return SessionView.of(session);
    }
}
