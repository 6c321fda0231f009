package dev.kassa.http;

import dev.kassa.kernel.Limits;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a request whose body nobody has read: refused by its key, its path or its length, or of an
 * operation that needs none. A small rest is read after the answer, so that the connection serves
 * on. With a larger one the answer says that the connection ends; a little more is read and thrown
 * away, since a client that is still sending would otherwise lose the answer. Of HTTP/2 a stream
 * ends, and never its connection.
 */
final class UnreadBodies extends ValveBase {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadBodies.class);

    /** How long any of this may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Semaphore lingering = new Semaphore(Limits.LINGERING_CONNECTIONS);

    UnreadBodies() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (!request.isAsync() && !isRead(request)) {
            try {
                end(request, response);
            } catch (IOException | IllegalStateException e) {
                LOG.debug("the client went away", e);
            }
        }
    }

    private static boolean isRead(Request request) {
        AtomicBoolean read = new AtomicBoolean();
        request.getCoyoteRequest().action(ActionCode.REQUEST_BODY_FULLY_READ, read);
        return read.get();
    }

    private void end(Request request, Response response) throws IOException {
        // One that waits for 100 Continue has its answer now, and sends no body.
        boolean waits = request.getCoyoteRequest().hasExpectation();
        if (Body.HTTP_2.equals(request.getProtocol())) {
            // Before the answer: Tomcat resets a stream whose answer ends before its body, and
            // takes some of these for an attack by its connection.
            linger(request);
            return;
        }
        boolean small = !waits && length(request) <= Limits.UNREAD_BODY_BYTES;
        if (!small && !response.isCommitted()) {
            response.setHeader("Connection", "close");
        }
        response.finishResponse();
        if (small) {
            if (!skip(request, Limits.UNREAD_BODY_BYTES)) {
                close(request);
            }
            return;
        }
        if (!waits) {
            linger(request);
        }
        close(request);
    }

    private void linger(Request request) throws IOException {
        if (lingering.tryAcquire()) {
            try {
                var _ = skip(request, Limits.LINGERING_BYTES);
            } finally {
                lingering.release();
            }
        }
    }

    /** As far as anybody can say: a length that is no number, or two, is refused by then. */
    private static long length(Request request) {
        try {
            return request.getContentLengthLong();
        } catch (IllegalArgumentException e) {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Tomcat reads no more of it, and closes the connection. Only after the answer has gone: Tomcat
     * takes this for an error, and turns the status of an answer that has not into 500.
     */
    private static void close(Request request) {
        request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
    }

    /** Throws away at most that number of bytes; whether the body ended within them. */
    private static boolean skip(Request request, int limit) throws IOException {
        try (var _ = Arrival.of(request.getRequest()).receiving(PATIENCE)) {
            InputStream in = request.getInputStream();
            byte[] rest = new byte[8192];
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            int skipped = 0;
            while (skipped <= limit && System.nanoTime() - deadline < 0) {
                int read = in.read(rest);
                if (read < 0) {
                    return isRead(request);
                }
                skipped += read;
            }
            return false;
        }
    }
}
