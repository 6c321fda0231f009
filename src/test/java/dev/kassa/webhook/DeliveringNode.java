package dev.kassa.webhook;

import dev.kassa.server.Server;
import java.util.UUID;

/** Which node a server is among those that deliver, for tests of other packages. */
public final class DeliveringNode {
    private DeliveringNode() {}

    public static UUID of(Server server) {
        return server.part(Deliveries.class).node();
    }
}
