package dev.kassa.push;

import dev.kassa.device.Platform;

/** The push service of one platform. What it carries is the session's id and nothing else. */
interface WakeUpSender extends AutoCloseable {
    /** What a push service makes of a wake-up. */
    enum Result {
        SENT,
        /** The app is gone from the device; the token will never work again. */
        TOKEN_DEAD,
        /** Refused for a reason that another try will not mend; it is in the log. */
        REFUSED,
        /** No answer, or one that says to try later. */
        NOT_NOW
    }

    /** Whose devices it reaches. */
    Platform platform();

    /** Sends, waiting for the answer up to ten seconds. */
    Result send(WakeUp wakeUp) throws InterruptedException;

    @Override
    void close();
}
