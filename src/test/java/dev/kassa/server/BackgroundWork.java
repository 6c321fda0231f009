package dev.kassa.server;

/** The background work of a server, for tests of other packages. */
public final class BackgroundWork {
    private BackgroundWork() {}

    /** Ends all loops, so that nothing happens but what the test does. */
    public static void stop(Server server) {
        server.part(Workers.class).stop();
    }

    /** Has the worker of this name do what is due now. */
    public static void run(Server server, String name) {
        server.part(Workers.class).named(name).runOnce();
    }
}
