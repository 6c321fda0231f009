package dev.kassa.playground;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.idempotency.IdempotencyFilter;
import dev.kassa.kernel.SessionId;
import dev.kassa.merchant.Merchant;
import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.session.Session;
import dev.kassa.session.SessionView;
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
    private final SimulatedTaps taps;

    SimulatedTapApi(SimulatedTaps taps) {
        this.taps = taps;
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
        if (IdempotencyFilter.isRepeated(request)) {
            return answer(taps.look(merchant.id(), id), request);
        }
        return answer(
                taps.tap(merchant.id(), id, asked == null ? CardOutcome.SUCCESS : asked), request);
    }

    private static SessionView answer(Session session, HttpServletRequest request) {
        if (session.attemptId() != null) {
            IdempotencyFilter.provisional(request);
        }
        return SessionView.of(session);
    }
}
