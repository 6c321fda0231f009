package dev.kassa.database;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Whether this node can do what requests ask of it now. Every second it writes to the database on
 * the road that requests take, pool and all; the answer tells what came of that, and so never waits
 * itself. Work that hangs in a group commit counts as well: the connection that it hangs on may be
 * another one.
 *
 * <p>The write is the node's sign of life, which the other nodes go by: the one heartbeat of {@link
 * Nodes}.
 */
@Component("database")
final class Readiness implements HealthIndicator, Worker {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** How long one probe may take. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    /** Without a probe that succeeded for so long, and with work that hangs so long: not ready. */
    private static final Duration LIMIT = Duration.ofSeconds(3);

    /** Probes under way at once: one that hangs must not keep the next from finding out. */
    private static final int PROBES = 3;

    private final Database database;
    private final Nodes nodes;
    private final GroupCommits groups;
    private final SqlErrors errors;
    private final Semaphore probes = new Semaphore(PROBES);
    private final int startedWith;
    private final AtomicLong wroteNanos;
    private volatile int version;
    private volatile String failure = "";

    Readiness(Database database, Nodes nodes, GroupCommits groups, SqlErrors errors) {
        this.errors = errors;
        this.database = database;
        this.nodes = nodes;
        this.groups = groups;
        this.startedWith = nodes.newestMigration();
        this.version = startedWith;
        this.wroteNanos = new AtomicLong(System.nanoTime());
    }

    @Override
    public String name() {
        return "readiness";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Begins a probe, and does not wait for it. */
    @Override
    public void runOnce() {
        if (probes.tryAcquire()) {
            var _ = Thread.ofVirtual().name(name()).start(this::probe);
        }
    }

    private void probe() {
        long begun = System.nanoTime();
        try {
            version = WorkContext.of(WorkContext.Use.WRITE, null, PATIENCE).call(this::write);
            wroteNanos.accumulateAndGet(begun, (a, b) -> a - b > 0 ? a : b);
            if (!failure.isEmpty()) {
                LOG.info("The database takes writes again");
                failure = "";
            }
        } catch (DataAccessException e) {
            if (failure.isEmpty()) {
                LOG.warn("The database takes no write: {}", SqlErrors.reason(e));
            }
            failure = SqlErrors.reason(e);
            if (!(e.getCause() instanceof FairPool.AllInUseException)) {
                // What this one met, idle connections would meet as well.
                database.dropIdleConnections();
            }
        } finally {
            probes.release();
        }
    }

    /**
     * A sign of life fits into a page that is there, so a full disk makes no node look dead. Once a
     * request found the disk full, only a write that needs room tells that there is some again.
     */
    private int write() {
        int newest = nodes.beat();
        if (errors.isWithoutRoom()) {
            nodes.needRoom();
            errors.thereIsRoom();
        }
        return newest;
    }

    @Override
    public Health health() {
        Duration silence = Duration.ofNanos(System.nanoTime() - wroteNanos.get());
        Duration oldest = groups.oldest();
        boolean ready =
                silence.compareTo(LIMIT) < 0
                        && oldest.compareTo(LIMIT) < 0
                        && version >= startedWith
                        && !errors.isWithoutRoom();
        Health.Builder health =
                (ready ? Health.up() : Health.down())
                        .withDetail("seconds_since_write", silence.toMillis() / 1000.0)
                        .withDetail("seconds_of_oldest_work", oldest.toMillis() / 1000.0)
                        .withDetail("limit_seconds", LIMIT.toSeconds())
                        .withDetail("schema_version", version)
                        .withDetail("schema_needed", startedWith);
        List<String> warnings = database.warnings();
        if (!warnings.isEmpty()) {
            var _ = health.withDetail("warnings", warnings);
        }
        if (!failure.isEmpty()) {
            var _ = health.withDetail("failure", failure);
        }
        return health.build();
    }
}
