package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Action;
import dev.kassa.session.Payments;
import dev.kassa.session.Sessions;
import io.nayuki.qrcodegen.QrCode;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Draws the code that the shopper scans. */
@RestController
final class QrApi {
    private static final String SVG = "image/svg+xml";

    /** Modules of white around the code, which scanners need. */
    private static final int QUIET_ZONE = 4;

    private final Sessions sessions;
    private final Payments payments;

    QrApi(Sessions sessions, Payments payments) {
        this.sessions = sessions;
        this.payments = payments;
    }

    @GetMapping(path = "/pos/v1/sessions/{session_id}/qr.svg", produces = SVG)
    ResponseEntity<String> qr(Device device, @PathVariable("session_id") SessionId id) {
        if (payments.action(sessions.get(device, id)) instanceof Action.Scan(String payload)) {
            return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(svg(payload));
        }
        throw Problem.conflict("The payment under way has no code to scan.");
    }

    static String svg(String payload) {
        QrCode code = QrCode.encodeText(payload, QrCode.Ecc.MEDIUM);
        int size = code.size + 2 * QUIET_ZONE;
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M')
                            .append(x + QUIET_ZONE)
                            .append(',')
                            .append(y + QUIET_ZONE)
                            .append("h1v1h-1z");
                }
            }
        }
        return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">
        <rect width="100%%" height="100%%" fill="#fff"/><path d="%s"/></svg>
        """
                .formatted(size, size, path);
    }
}
