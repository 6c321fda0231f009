package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.kernel.SessionId;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
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
        return PosSession.of(session, payments.latest(session).orElse(null), null);
    }

    PosSession shown(Session session, Payments.Payment payment) {
        return PosSession.of(session, payment.attempt(), payment.action());
    }
}
