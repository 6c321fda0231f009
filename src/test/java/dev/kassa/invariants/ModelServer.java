package dev.kassa.invariants;

import dev.kassa.testing.MovableClock;
import dev.kassa.testing.TestServer;

/** The server of a sequence, which may restart it. */
final class ModelServer implements AutoCloseable {
    TestServer server = TestServer.start(MovableClock.stopped()).withoutLoops();

    void restart() {
        server = server.restart().withoutLoops();
    }

    @Override
    public void close() {
        server.close();
    }
}
