package dev.kassa.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/** How long a client may take to send the body of a request. */
interface Arrival {
    /** The attribute of a request that holds its own. */
    String ATTRIBUTE = Arrival.class.getName();

    /** That of a request; any time for one that came on no connection of ours, in a test. */
    static Arrival of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Arrival arrival
                ? arrival
                : new ByReader(Duration.ofDays(1));
    }

    /** How long, by the server's settings. */
    Duration patience();

    /** From here until it is closed, the client has so long; then reading ends with an error. */
    Receiving receiving(Duration patience);

    /** Called when the headers of a request are there. */
    default void begin() {}

    /** Called when the request has been worked on. */
    default void end() {}

    /** Nothing ends the reading but the reader, who looks at the clock after each read. */
    record ByReader(Duration patience) implements Arrival {
        @Override
        public Receiving receiving(Duration patience) {
            return new Receiving(null);
        }
    }

    /**
     * A time in which something is read.
     *
     * @param cut what ends it; null where only the reader does
     */
    record Receiving(@Nullable ScheduledFuture<?> cut) implements AutoCloseable {
        @Override
        public void close() {
            if (cut != null) {
                cut.cancel(false);
            }
        }
    }
}
