package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Attempt;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.SessionStatus;
import dev.kassa.session.Sessions;
import java.util.List;
import java.util.Map;
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
        List<Session> open = sessions.openOf(device);
        Map<SessionId, Attempt> latest =
                payments.latest(open.stream().filter(PosSessions::mayHavePayment).toList());
        return open.stream()
                .map(session -> PosSession.of(session, latest.get(session.id()), null))
                .toList();
    }

    PosSession shown(Session session) {
        Attempt latest = mayHavePayment(session) ? payments.latest(session).orElse(null) : null;
        return PosSession.of(session, latest, null);
    }

    /** While nobody has chosen a method there is no payment to look for. */
    private static boolean mayHavePayment(Session session) {
        return session.status() != SessionStatus.CREATED;
    }

    PosSession shown(Session session, Payments.Payment payment) {
        return PosSession.of(session, payment.attempt(), payment.action());
    }
}
