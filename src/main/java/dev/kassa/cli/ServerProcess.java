package dev.kassa.cli;

import dev.kassa.server.Server;
import dev.kassa.server.Settings;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Starts a server and stops it once, cleanly, whether by SIGTERM, Ctrl-C or its own command. A
 * signal during the start waits for it: half a start cannot be stopped cleanly, a whole one can.
 */
final class ServerProcess {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Server server;

    ServerProcess() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
    }

    synchronized Server start(Settings settings) {
        Server started = Server.start(settings, InstantSource.system());
        server = started;
        return started;
    }

    /** Returns once the server has stopped. */
    void untilStopped() throws InterruptedException {
        stopped.await();
    }

    synchronized void stop() {
        if (server != null) {
            server.close();
        }
        stopped.countDown();
    }
}
