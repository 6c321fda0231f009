package dev.kassa.kernel;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Runs a step again and again on a thread of its own: at least once an interval, and at once after
 * {@link #wake()}. The wake-up is only a hint; the interval is what guarantees. A step that throws
 * is logged and tried again.
 */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private static final String CORRELATION_ID = "correlation-id";

    private final String name;
    private final Duration interval;
    private final Runnable step;
    private final Semaphore hints = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    private Loop(String name, Duration interval, Runnable step) {
        this.name = name;
        this.interval = interval;
        this.step = step;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Starts a loop named {@code name}. */
    public static Loop start(String name, Duration interval, Runnable step) {
        Loop loop = new Loop(name, interval, step);
        loop.thread.start();
        return loop;
    }

    /** Asks for a step now. Never blocks. */
    public void wake() {
        if (hints.availablePermits() == 0) {
            hints.release();
        }
    }

    private void run() {
        // Where a request's log lines have its id, a loop's have its name.
        MDC.put(CORRELATION_ID, name);
        while (!closed) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                if (!closed) {
                    LOG.warn("{}: step failed, trying again in {}: {}", name, interval, reason(e));
                    LOG.debug("{}: where", name, e);
                }
            }
            try {
                if (hints.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                    var _ = hints.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** One line, since a database that is away would fill the log each interval. */
    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        StackTraceElement[] stack = cause.getStackTrace();
        return cause + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    /** Lets no further step begin. Never blocks. */
    public void stop() {
        closed = true;
        hints.release();
    }

    /** Stops after the step under way, waiting for it up to five seconds. */
    @Override
    public void close() {
        stop();
        try {
            if (!thread.join(Duration.ofSeconds(5))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
