package dev.kassa.database;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** All group commits of this node, and how long the work waits that waits for them. */
@Component
public final class GroupCommits {
    private final List<GroupCommit<?, ?, ?>> all = new CopyOnWriteArrayList<>();
    private final Duration patience;
    private final MeterRegistry meters;

    GroupCommits(DatabaseSettings settings, MeterRegistry meters) {
        this.patience = settings.timeouts().request();
        this.meters = meters;
    }

    /** Runs this kind of work in groups from now on. */
    public <T, K, R> GroupCommit<T, K, R> of(GroupCommit.Work<T, K, R> work) {
        GroupCommit<T, K, R> group = new GroupCommit<>(work, patience);
        all.add(group);
        var _ =
                TimeGauge.builder(
                                "kassa.group.commit.oldest",
                                group,
                                TimeUnit.SECONDS,
                                g -> g.oldest().toNanos() / 1e9)
                        .description(
                                "How long the piece of work has waited that has waited the longest for"
                                        + " its group's statement to end")
                        .tag("work", work.name())
                        .register(meters);
        var _ =
                Gauge.builder("kassa.group.commit.waiting", group, GroupCommit::waiting)
                        .description("Pieces of work whose group's statement has not begun")
                        .tag("work", work.name())
                        .register(meters);
        return group;
    }

    /** How long the oldest piece of all has waited. */
    Duration oldest() {
        return all.stream().map(GroupCommit::oldest).max(Duration::compareTo).orElse(Duration.ZERO);
    }
}
