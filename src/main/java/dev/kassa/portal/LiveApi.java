package dev.kassa.portal;

import dev.kassa.access.NoCredential;
import dev.kassa.http.Operation;
import dev.kassa.kernel.Pause;
import dev.kassa.merchant.PortalUser;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * Tells open pages that something has happened, and nothing else: each page then asks for its own
 * parts, with the permissions of its reader.
 */
@Controller
@NoCredential(
        why = "Needs no permission, only a sign-in: it says that something changed, not what.")
final class LiveApi {
    private static final Logger LOG = LoggerFactory.getLogger(LiveApi.class);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    /** Pages look no more often, however much happens. */
    private static final Duration GAP = Duration.ofSeconds(1);

    /** Then the browser comes again, and is asked who it is. */
    private static final int HEARTBEATS = 20;

    private final LiveLines lines;

    LiveApi(LiveLines lines) {
        this.lines = lines;
    }

    @Operation(longLived = true)
    @GetMapping("/portal/live")
    void stream(PortalUser user, HttpServletResponse response)
            throws IOException, InterruptedException {
        try (LiveLines.Line line = lines.open(user)) {
            response.setContentType("text/event-stream;charset=UTF-8");
            response.setHeader("X-Accel-Buffering", "no");
            OutputStream out = response.getOutputStream();
            write(out, "retry: 2000\n\n");
            long end = System.nanoTime() + HEARTBEAT.multipliedBy(HEARTBEATS).toNanos();
            while (!lines.isClosed() && System.nanoTime() < end) {
                if (line.await(HEARTBEAT)) {
                    write(out, "event: changed\ndata:\n\n");
                    Pause.of(GAP);
                } else {
                    write(out, ": heartbeat\n\n");
                }
            }
        } catch (IOException e) {
            LOG.debug("a page of {} was closed", user.email(), e);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
