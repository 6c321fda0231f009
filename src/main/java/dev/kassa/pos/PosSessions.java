package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Attempt;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.SessionStatus;
import dev.kassa.session.Sessions;
import java.util.List;
import org.springframework.stereotype.Component;

/** Reads sessions as a device is shown them. */
@Component
final class PosSessions {
    private final Sessions sessions;
    private final Payments payments;

    PosSessions(Sessions sessions, Payments payments) {
        this.sessions = sessions;
        this.payments = payments;
    }

    PosSession get(Device device, SessionId session) {
        return shown(sessions.get(device, session));
    }

    List<PosSession> open(Device device) {
        return sessions.openOf(device).stream().map(this::shown).toList();
    }

    PosSession shown(Session session) {
        // Nobody has chosen a method yet, so there is no payment to look for.
        Attempt latest =
                session.status() == SessionStatus.CREATED
                        ? null
                        : payments.latest(session).orElse(null);
        return PosSession.of(session, latest, null);
    }

    PosSession shown(Session session, Payments.Payment payment) {
        return PosSession.of(session, payment.attempt(), payment.action());
    }
}
