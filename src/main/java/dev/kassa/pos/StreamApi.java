package dev.kassa.pos;

import dev.kassa.device.Device;
import dev.kassa.device.DeviceTokenFilter;
import dev.kassa.device.Devices;
import dev.kassa.http.Json;
import dev.kassa.kernel.Problem;
import dev.kassa.push.Inbox;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * The line on which a device hears of its sessions: server-sent events, written by the request's
 * own virtual thread, so that a device which does not read holds up nobody else.
 *
 * <p>A new stream begins with the open sessions; one that names its {@code Last-Event-ID} begins
 * with what happened since.
 */
@RestController
final class StreamApi {
    private static final Logger LOG = LoggerFactory.getLogger(StreamApi.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int BATCH = 100;

    private final Devices devices;
    private final Inbox inbox;
    private final PosSessions sessions;

    StreamApi(Devices devices, Inbox inbox, PosSessions sessions) {
        this.devices = devices;
        this.inbox = inbox;
        this.sessions = sessions;
    }

    @GetMapping(path = "/pos/v1/stream")
    void stream(
            Device device,
            @RequestHeader(HttpHeaders.AUTHORIZATION) String authorization,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        // Read before the open sessions: what happens in between is told twice, never left out.
        String token = DeviceTokenFilter.token(authorization).orElseThrow();
        long head = inbox.head(device.merchantId(), device.id());
        long seen = lastEventId == null ? head : sequence(lastEventId);
        // An id from beyond the log is of another database; its device knows nothing of this one.
        boolean fresh = lastEventId == null || seen > head;
        seen = Math.min(seen, head);
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        try (Inbox.Line line = inbox.open(device.id(), seen)) {
            OutputStream out = response.getOutputStream();
            write(out, "retry: 1000\n\n");
            if (fresh) {
                for (PosSession session : sessions.open(device)) {
                    write(out, event(head, session));
                }
            }
            out.flush();
            follow(device, line, seen, out, () -> devices.authenticate(token).isPresent());
        } catch (IOException e) {
            LOG.debug("device {} went away", device.id(), e);
        }
    }

    private void follow(
            Device device, Inbox.Line line, long from, OutputStream out, BooleanSupplier mayRead)
            throws IOException, InterruptedException {
        long seen = from;
        while (!line.ended() && mayRead.getAsBoolean()) {
            List<Inbox.Message> messages =
                    inbox.after(device.merchantId(), device.id(), seen, BATCH);
            for (Inbox.Message message : messages) {
                write(out, event(message.seq(), sessions.get(device, message.sessionId())));
                seen = message.seq();
                line.seen(seen);
            }
            out.flush();
            if (messages.size() < BATCH && !line.await(HEARTBEAT)) {
                write(out, ": heartbeat\n\n");
                out.flush();
            }
        }
    }

    private static long sequence(String lastEventId) {
        try {
            return Long.parseLong(lastEventId.strip());
        } catch (NumberFormatException e) {
            throw Problem.invalid("Last-Event-ID", "must be the id of an event of this stream");
        }
    }

    private static String event(long seq, PosSession session) {
        return "event: session\nid: " + seq + "\ndata: " + Json.write(session) + "\n\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
