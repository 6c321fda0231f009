package dev.kassa.payment.simulator;

/** What can go wrong with one call of Kassa to the simulated acquirer. */
public enum ProviderFault {
    /** Done, and answered after a while. */
    LATE(true),
    /** The request never arrives: nothing is done, and no answer comes. */
    LOST_REQUEST(false),
    /** Done, but the answer never comes. */
    LOST_REPLY(true),
    /** Answered with 503; nothing is done. */
    SERVER_ERROR(false),
    /** Done, but answered with 500. */
    SERVER_ERROR_AFTER(true),
    /** Done, but answered with something that cannot be read. */
    GARBAGE(true);

    private final boolean done;

    ProviderFault(boolean done) {
        this.done = done;
    }

    /** Whether the acquirer does what it was asked all the same. */
    boolean done() {
        return done;
    }

    /** The calls that Kassa makes. */
    public enum Call {
        START,
        LOOKUP,
        CANCEL,
        REFUND,
        CAPTURE,
        RELEASE
    }
}
