package dev.kassa.pos;

import dev.kassa.access.Permission;
import dev.kassa.access.Requires;
import dev.kassa.device.Device;
import dev.kassa.device.DeviceTokenFilter;
import dev.kassa.device.Devices;
import dev.kassa.http.Json;
import dev.kassa.http.Operation;
import dev.kassa.kernel.Problem;
import dev.kassa.kernel.SessionId;
import dev.kassa.push.DeviceFeed;
import dev.kassa.push.PushProgress;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * The line on which a device hears of its sessions: server-sent events, written by the request's
 * own virtual thread, so that a device which does not read holds up nobody else. One that takes
 * nothing for {@code server.tomcat.connection-timeout} is cut off.
 *
 * <p>A new stream begins with the open sessions; one that names its {@code Last-Event-ID} begins
 * with what happened since.
 */
@RestController
@Requires(Permission.PAYMENTS_TAKE)
final class StreamApi {
    private static final Logger LOG = LoggerFactory.getLogger(StreamApi.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int BATCH = 100;

    /** Milliseconds: devices that lost their server together must not all be back at once. */
    private static final int RETRY_LEAST = 500;

    private static final int RETRY_MOST = 1500;

    private final DeviceFeed feed;
    private final PushProgress progress;
    private final PosSessions sessions;

    StreamApi(Devices devices, DeviceFeed feed, PushProgress progress, PosSessions sessions) {
        this.feed = feed;
        this.progress = progress;
        this.sessions = sessions;
        devices.onRevoked(feed::revoked);
    }

    @Operation(longLived = true)
    @GetMapping(path = "/pos/v1/stream")
    void stream(
            Device device,
            @RequestHeader(HttpHeaders.AUTHORIZATION) String authorization,
            @RequestHeader(name = "Last-Event-ID", defaultValue = "") String lastEventId,
            HttpMethod method,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        OptionalLong last = sequence(lastEventId.strip());
        if (method.equals(HttpMethod.HEAD)) {
            // It asks for the headers; a stream of its own would take the device's place.
            head(response);
            return;
        }
        String tokenHash = DeviceTokenFilter.tokenHash(authorization).orElseThrow();
        // Read before the open sessions: what happens in between is told twice, never left out.
        long head = feed.head(device.merchantId(), device.id());
        long seen = last.orElse(head);
        // An id from beyond the log is of another database; its device knows nothing of this one.
        boolean fresh = last.isEmpty() || seen > head;
        seen = Math.min(seen, head);
        head(response);
        var listener = new DeviceFeed.Listener(device.merchantId(), device.id(), tokenHash);
        try (DeviceFeed.Subscription line = feed.open(listener, seen)) {
            OutputStream out = response.getOutputStream();
            write(
                    out,
                    "retry: "
                            + ThreadLocalRandom.current().nextInt(RETRY_LEAST, RETRY_MOST + 1)
                            + "\n\n");
            if (fresh) {
                begin(device, head, out);
            }
            out.flush();
            follow(device, line, out);
        } catch (IOException e) {
            LOG.debug("device {} went away", device.id(), e);
        }
    }

    private static void head(HttpServletResponse response) {
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Accel-Buffering", "no");
    }

    /**
     * The open sessions, and only after the last of them the id to go on from: a stream that breaks
     * halfway begins anew.
     */
    private void begin(Device device, long head, OutputStream out) throws IOException {
        for (PosSession session : sessions.open(device)) {
            write(out, event(session, ""));
            progress.pushed(device.merchantId(), session.sessionId());
        }
        write(out, "id: " + head + "\n\n");
    }

    private void follow(Device device, DeviceFeed.Subscription line, OutputStream out)
            throws IOException, InterruptedException {
        boolean rung = true;
        DeviceFeed.End end = line.ended();
        for (; end == null; end = line.ended()) {
            boolean more = rung && tell(device, line, out);
            rung = more || line.await(HEARTBEAT);
            if (!rung) {
                write(out, ": heartbeat\n\n");
                out.flush();
            }
        }
        write(out, "event: end\ndata: {\"reason\":\"" + end.wire() + "\"}\n\n");
        out.flush();
    }

    /**
     * Tells what there is to tell; answers whether there may be more. A session that changed
     * several times is told once, as the last of these messages.
     */
    private boolean tell(Device device, DeviceFeed.Subscription line, OutputStream out)
            throws IOException {
        List<DeviceFeed.Message> messages = line.next(BATCH);
        if (messages.isEmpty()) {
            return false;
        }
        Map<SessionId, Long> last = new HashMap<>();
        List<DeviceFeed.Message> sent = new ArrayList<>();
        messages.forEach(message -> last.put(message.sessionId(), message.seq()));
        for (DeviceFeed.Message message : messages) {
            if (last.getOrDefault(message.sessionId(), 0L) == message.seq()) {
                PosSession session = sessions.get(device, message.sessionId());
                write(out, event(session, "id: " + message.seq() + "\n"));
                progress.pushed(device.merchantId(), message.sessionId());
                sent.add(message);
            }
        }
        out.flush();
        line.sent(sent, messages.getLast().seq());
        return messages.size() == BATCH;
    }

    /**
     * Empty where the header is: a client of server-sent events that has seen no id, or was reset
     * to none, sends it so or leaves it out.
     */
    private static OptionalLong sequence(String lastEventId) {
        if (lastEventId.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long sequence = Long.parseLong(lastEventId);
            if (sequence >= 0) {
                return OptionalLong.of(sequence);
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw Problem.invalid("Last-Event-ID", "must be the id of an event of this stream");
    }

    private static String event(PosSession session, String id) {
        return "event: session\n" + id + "data: " + Json.write(session) + "\n\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
