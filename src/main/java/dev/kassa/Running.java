package dev.kassa;

import java.util.concurrent.CountDownLatch;

/** Stops a server once, cleanly, whether by SIGTERM, Ctrl-C or its own command. */
final class Running {
    private final Server server;
    private final CountDownLatch stopped = new CountDownLatch(1);

    Running(Server server) {
        this.server = server;
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    /** Returns once the server has stopped. */
    void untilStopped() throws InterruptedException {
        stopped.await();
    }

    void stop() {
        server.close();
        stopped.countDown();
    }
}
