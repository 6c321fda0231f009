package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Attempt;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.SessionStatus;
import dev.kassa.session.Sessions;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads sessions as a device is shown them. */
@Component
final class PosSessions {
    private static final int AT_ONCE = 10;

    private final Sessions sessions;
    private final Payments payments;

    PosSessions(Sessions sessions, Payments payments) {
        this.sessions = sessions;
        this.payments = payments;
    }

    PosSession get(Device device, SessionId session) {
        return shown(sessions.get(device, session));
    }

    /**
     * The device's open sessions, oldest first, read a few at a time: all of them at once, each
     * with a large cart, would be too much for a server of many devices. The first are read here.
     */
    Iterable<PosSession> open(Device device) {
        PosSessionPage first = some(device, null);
        return () -> new Open(device, first);
    }

    /** Some sessions as they are shown, and the last of them; null for none. */
    private record PosSessionPage(List<PosSession> shown, @Nullable Session last) {}

    private PosSessionPage some(Device device, @Nullable Session after) {
        List<Session> open = sessions.openOf(device, after, AT_ONCE);
        Map<SessionId, Attempt> latest =
                payments.latest(open.stream().filter(PosSessions::mayHavePayment).toList());
        return new PosSessionPage(
                open.stream()
                        .map(session -> PosSession.of(session, latest.get(session.id()), null))
                        .toList(),
                open.isEmpty() ? null : open.getLast());
    }

    private final class Open implements Iterator<PosSession> {
        private final Device device;
        private PosSessionPage some;
        private int next;

        Open(Device device, PosSessionPage first) {
            this.device = device;
            some = first;
        }

        @Override
        public boolean hasNext() {
            if (next == AT_ONCE) {
                some = some(device, some.last());
                next = 0;
            }
            return next < some.shown().size();
        }

        @Override
        public PosSession next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return some.shown().get(next++);
        }
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
