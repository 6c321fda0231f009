package dev.kassa.kernel;

import java.time.Duration;

/**
 * Work in the background that is done in steps, each safe to repeat and safe beside the same step
 * on another node. The server runs the steps; a test moves the clock and calls {@link #runOnce}
 * itself.
 */
public interface Worker {
    /** For the log. */
    String name();

    /** How often a step is run at the least. */
    Duration interval();

    /** Does what is due now. */
    void runOnce();

    /** Told once, before the first step, how to ask for a step at once. */
    default void started(Runnable wake) {}

    /** Told once, when the server stops: a step that waits for something is to end now. */
    default void stopping() {}
}
