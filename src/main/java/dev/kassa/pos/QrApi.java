package dev.kassa.pos;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Device;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.Action;
import dev.kassa.session.Payments;
import dev.kassa.session.Sessions;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Draws the code that the shopper scans. */
@RestController
@Requires(Permission.PAYMENTS_TAKE)
final class QrApi {
    private static final String SVG = "image/svg+xml";

    private final Sessions sessions;
    private final Payments payments;

    QrApi(Sessions sessions, Payments payments) {
        this.sessions = sessions;
        this.payments = payments;
    }

    @GetMapping(path = "/pos/v1/sessions/{session_id}/qr.svg", produces = SVG)
    ResponseEntity<String> qr(Device device, @PathVariable("session_id") SessionId id) {
        if (payments.action(sessions.get(device, id)) instanceof Action.Scan(String payload)) {
            return ResponseEntity.ok()
                    .cacheControl(CacheControl.noStore())
                    .body(QrCodeSvg.of(payload));
        }
        throw Problem.conflict("The payment under way has no code to scan.");
    }
}
