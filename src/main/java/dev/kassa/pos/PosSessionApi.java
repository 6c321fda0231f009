package dev.kassa.pos;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Device;
import dev.kassa.http.Json;
import dev.kassa.http.JsonObject;
import dev.kassa.http.Operation;
import dev.kassa.http.Query;
import dev.kassa.kernel.SessionId;
import dev.kassa.payment.PaymentMethod;
import dev.kassa.push.PushProgress;
import dev.kassa.session.Payments;
import dev.kassa.session.Session;
import dev.kassa.session.Sessions;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What the clerk does with a session. */
@RestController
@Requires(Permission.PAYMENTS_TAKE)
@RequestMapping(path = "/pos/v1/sessions", produces = MediaType.APPLICATION_JSON_VALUE)
final class PosSessionApi {
    private static final String METHODS =
            "one of "
                    + Stream.of(PaymentMethod.values())
                            .map(PaymentMethod::wire)
                            .collect(Collectors.joining(", "));

    private final Sessions sessions;
    private final Payments payments;
    private final PosSessions shown;
    private final PushProgress progress;

    PosSessionApi(Sessions sessions, Payments payments, PosSessions shown, PushProgress progress) {
        this.sessions = sessions;
        this.payments = payments;
        this.shown = shown;
        this.progress = progress;
    }

    /** {@code {"sessions": […]}}, each written before the next ones are read. */
    @GetMapping
    void open(Device device, Query query, HttpServletResponse response) throws IOException {
        query.refuseOthers();
        query.throwIfAny();

        Iterable<PosSession> sessions = shown.open(device);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        OutputStream out = response.getOutputStream();
        byte[] before = utf8("{\"sessions\":[");
        for (PosSession session : sessions) {
            out.write(before);
            out.write(Json.bytes(session));
            before = utf8(",");
        }
        out.write(utf8(before.length == 1 ? "]}" : "{\"sessions\":[]}"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @GetMapping("/{session_id}")
    PosSession get(Device device, @PathVariable("session_id") SessionId id) {
        return shown.get(device, id);
    }

    @PostMapping("/{session_id}/shown")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void shown(Device device, @PathVariable("session_id") SessionId id) {
        Session session = sessions.get(device, id);
        progress.shown(session.merchantId(), session.id());
    }

    @Operation(callsProvider = true)
    @PostMapping("/{session_id}/payments")
    PosSession attach(Device device, @PathVariable("session_id") SessionId id, JsonObject body) {
        PaymentMethod method = body.required("method", METHODS, PaymentMethod::parse);
        body.faults().throwIfAny();
        Session session = sessions.get(device, id);

        Payments.Payment payment = payments.attach(session, Objects.requireNonNull(method));
        return shown.shown(sessions.get(device, id), payment);
    }

    @Operation(callsProvider = true)
    @PostMapping("/{session_id}/finalize")
    PosSession finish(Device device, @PathVariable("session_id") SessionId id) {
        return shown.shown(payments.finish(sessions.get(device, id)));
    }

    @Operation(callsProvider = true)
    @PutMapping("/{session_id}/cancel")
    PosSession cancel(Device device, @PathVariable("session_id") SessionId id) {
        return shown.shown(sessions.cancel(sessions.get(device, id)));
    }
}
