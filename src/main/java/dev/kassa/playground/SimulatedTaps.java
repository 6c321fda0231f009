package dev.kassa.playground;

import dev.kassa.device.Devices;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Attempt;
import dev.kassa.payment.PaymentMethod;
import dev.kassa.payment.simulator.CardOutcome;
import dev.kassa.payment.simulator.SimulatedAcquirer;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Service;

/** Holds simulated cards to simulated devices. */
@Service
@ConditionalOnProperty(name = "kassa.mode", havingValue = "PLAYGROUND")
public final class SimulatedTaps {
    private static final int TRIES = 10;

    private final Sessions sessions;
    private final Payments payments;
    private final Devices devices;
    private final SimulatedAcquirer acquirer;

    SimulatedTaps(
            Sessions sessions, Payments payments, Devices devices, SimulatedAcquirer acquirer) {
        this.sessions = sessions;
        this.payments = payments;
        this.devices = devices;
        this.acquirer = acquirer;
    }

    /**
     * Pays a session by a tap of this card, and answers how it stands then.
     *
     * @throws Problem NOT_FOUND when there is no such session; CONFLICT when its device is not
     *     simulated, or it takes no payment
     */
    public Session tap(MerchantId merchant, SessionId id, CardOutcome card) {
        Session session = onSimulatedDevice(merchant, id);
        // A tap that another one overtook is held to the next payment, until the session takes
        // none.
        for (int i = 0; i < TRIES; i++) {
            Attempt attempt = payments.attach(session, PaymentMethod.TAP_TO_PAY).attempt();
            boolean taken = acquirer.tap(attempt.id(), card);
            session = payments.check(attempt);
            if (taken) {
                return session;
            }
        }
        throw Problem.conflict("Too many taps at once. Try again.");
    }

    /** How a session stands, after the acquirer was asked about its payment in flight. */
    Session look(MerchantId merchant, SessionId id) {
        Session session = onSimulatedDevice(merchant, id);
        boolean inFlight = session.attemptId() != null;
        return payments.latest(session)
                .filter(attempt -> inFlight)
                .map(payments::check)
                .orElse(session);
    }

    private Session onSimulatedDevice(MerchantId merchant, SessionId id) {
        Session session = sessions.get(merchant, id);
        if (!devices.get(merchant, session.deviceId()).simulated()) {
            throw Problem.conflict(
                    "The session's device is not simulated. Make one with POST /ipp/v1/dev/devices.");
        }
        return session;
    }
}
