package dev.kassa.http;

import dev.kassa.database.FairQueue;
import dev.kassa.database.WorkContext;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.web.util.WebUtils;

/**
 * The one place that reads a request's body: only up to the operation's limit, only when there is
 * room for it ({@link BodyBudget}), and only for so long ({@link Arrival}).
 */
final class Body {
    private static final int UNKNOWN = 4096;
    private static final String GIVEN_UP = Body.class.getName() + ".givenUp";

    static final String HTTP_2 = "HTTP/2.0";

    private Body() {}

    /**
     * The body. One that was read before is answered again.
     *
     * @throws Problem TOO_LARGE over the limit, before a byte is read where the length is declared;
     *     UNAVAILABLE when there is no room; TOO_SLOW when it does not arrive in time
     */
    static byte[] read(HttpServletRequest request) throws IOException {
        BufferedRequest buffered = WebUtils.getNativeRequest(request, BufferedRequest.class);
        if (buffered != null) {
            return buffered.body();
        }
        int limit = Operation.Declared.of(request).bodyBytes();
        long declared = request.getContentLengthLong();
        if (declared > limit) {
            throw tooLarge(limit);
        }
        if (declared == 0) {
            return new byte[0];
        }
        Optional<MerchantId> merchant = Tenant.of(request);
        BodyBudget.of(request).take(merchant, declared < 0 ? limit : declared);
        byte[] body = receive(request, declared, limit);
        // Its turn begins when it is here: a slow line takes up nobody's.
        merchant.ifPresent(FairQueue::begin);
        return body;
    }

    /** Whether the request says that it has one; in HTTP/2 it may say so by its stream alone. */
    static boolean isDeclared(HttpServletRequest request) throws IOException {
        return request.getContentLengthLong() > 0
                || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null
                || (HTTP_2.equals(request.getProtocol()) && !request.getInputStream().isFinished());
    }

    /** Whether its reading was given up, which Tomcat takes for a bad request. */
    static boolean isGivenUp(HttpServletRequest request) {
        return request.getAttribute(GIVEN_UP) != null;
    }

    private static byte[] receive(HttpServletRequest request, long declared, int limit)
            throws IOException {
        long start = System.nanoTime();
        Arrival arrival = Arrival.of(request);
        try (var _ = arrival.receiving(arrival.patience())) {
            InputStream in = request.getInputStream();
            return read(in, declared, limit, arrival.patience());
        } catch (IOException e) {
            // However it was ended: by its time-out, or by the connection's end at the deadline.
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            if (e instanceof SocketTimeoutException || taken.compareTo(arrival.patience()) >= 0) {
                // Tomcat has refused it by then, as one that it cannot read.
                request.setAttribute(GIVEN_UP, true);
                throw tooSlow();
            }
            throw e;
        } finally {
            // The deadline at the database is for us, not for the client's line.
            WorkContext.postpone(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private static byte[] read(InputStream in, long declared, int limit, Duration patience)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        byte[] body = new byte[declared < 0 ? UNKNOWN : (int) declared];
        int size = 0;
        while (declared < 0 || size < declared) {
            if (size == body.length) {
                body = Arrays.copyOf(body, Math.min(2 * body.length, limit + 1));
            }
            int read = in.read(body, size, body.length - size);
            if (read < 0 && declared < 0) {
                return Arrays.copyOf(body, size);
            }
            if (read < 0) {
                throw new EOFException("the client went away in the middle of its body");
            }
            size += read;
            if (size > limit) {
                throw tooLarge(limit);
            }
            if (size != declared && System.nanoTime() - deadline > 0) {
                throw tooSlow();
            }
        }
        return body;
    }

    private static Problem tooLarge(int limit) {
        return Problem.tooLarge("The body is larger than " + limit + " bytes.");
    }

    static Problem tooSlow() {
        return Problem.tooSlow("The body did not arrive in time. Nothing was done; send it again.");
    }
}
