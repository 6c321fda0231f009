package dev.kassa.push;

import dev.kassa.database.Nodes;
import dev.kassa.database.Sql;
import dev.kassa.kernel.Limits;
import dev.kassa.kernel.Worker;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Which device has a stream open, and where. A stream is written when it opens and when it closes;
 * in between it counts as open while its node is alive ({@link Nodes}).
 */
@Component
final class Presence implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    private final Nodes nodes;
    private final PresenceTable table;
    private final InstantSource clock;

    Presence(Nodes nodes, PresenceTable table, InstantSource clock) {
        this.nodes = nodes;
        this.table = table;
        this.clock = clock;
    }

    /** A stream of this device opens here; answers its number. */
    long opened(DeviceFeed.Listener listener) {
        return table.open(listener.merchant(), listener.device(), nodes.me(), Sql.now(clock));
    }

    /** The stream is over. If that cannot be written, it counts as open until this node stops. */
    void closed(DeviceFeed.Listener listener, long number) {
        try {
            table.close(listener.merchant(), listener.device(), number, Sql.now(clock));
        } catch (DataAccessException e) {
            LOG.warn("The end of a stream of device {} was not noted", listener.device(), e);
        }
    }

    @Override
    public String name() {
        return "presence";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Notes when the devices of nodes that are dead were last seen. */
    @Override
    public void runOnce() {
        table.sweepOfAnyMerchant(Limits.NODE_SILENCE);
    }

    @PreDestroy
    void stop() {
        try {
            table.stopped(nodes.me(), Sql.now(clock));
        } catch (DataAccessException e) {
            LOG.debug("The database is gone already; another node will notice", e);
        }
    }
}
