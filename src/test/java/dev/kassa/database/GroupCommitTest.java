package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.MerchantId;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.Await;
import dev.kassa.testing.TestServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Work that waits together runs together, and nobody pays for a neighbour. */
class GroupCommitTest {
    private static final int WRITERS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final TestServer server = TestServer.shared();

    private Map<Integer, Integer> insert(List<Integer> numbers) {
        return server
                .jdbc
                .sql("insert into grouped select unnest(:numbers::int[]) returning n")
                .param("numbers", numbers.stream().map(String::valueOf).toArray(String[]::new))
                .query(Integer.class)
                .list()
                .stream()
                .collect(Collectors.toMap(Function.identity(), Function.identity()));
    }

    private GroupCommit<Integer, Integer, Integer> group(
            WorkContext.Use use,
            Function<Integer, Integer> key,
            Function<List<Integer>, Map<Integer, Integer>> statement) {
        return server.server
                .part(GroupCommits.class)
                .of(
                        new GroupCommit.Work<>(
                                "test", use, number -> new MerchantId("M1"), key, statement));
    }

    @Test
    void oneBadRowFailsAloneAndTheRestIsWrittenOnce() throws Exception {
        server.jdbc.sql("create table grouped (n int primary key check (n <> 77))").update();
        AtomicInteger statements = new AtomicInteger();
        GroupCommit<Integer, Integer, Integer> group =
                group(
                        WorkContext.Use.WRITE,
                        Function.identity(),
                        numbers -> {
                            statements.incrementAndGet();
                            return insert(numbers);
                        });
        List<Future<Integer>> written =
                AtOnce.ended(
                        WRITERS,
                        number ->
                                group.run(number)
                                        .orElseGet(() -> insert(List.of(number)).get(number)));
        for (int i = 0; i < WRITERS; i++) {
            Future<Integer> one = written.get(i);
            if (i == 77) {
                assertThatThrownBy(one::get)
                        .hasCauseInstanceOf(DataIntegrityViolationException.class);
            } else {
                assertThat(one.get()).isEqualTo(i);
            }
        }
        assertThat(server.jdbc.sql("select count(*) from grouped").query(Integer.class).single())
                .isEqualTo(WRITERS - 1);
        assertThat(statements).hasValueLessThan(WRITERS);
    }

    /** What becomes of numbers that all wait while the statement before theirs is under way. */
    private List<Future<Optional<Integer>>> waitingTogether(
            int count,
            Function<Integer, Integer> key,
            Function<List<Integer>, Map<Integer, Integer>> statement) {
        AtomicBoolean begun = new AtomicBoolean();
        AtomicBoolean allWait = new AtomicBoolean();
        GroupCommit<Integer, Integer, Integer> group =
                group(
                        WorkContext.Use.WRITE,
                        key,
                        numbers -> {
                            if (begun.getAndSet(true)) {
                                return statement.apply(numbers);
                            }
                            Await.until(PATIENCE, allWait::get);
                            return Map.of(key.apply(-1), -1);
                        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Optional<Integer>> before = threads.submit(() -> group.run(-1));
            Await.until(PATIENCE, begun::get);
            Future<?> together =
                    threads.submit(() -> {
                        Await.until(PATIENCE, () -> group.waiting() == count);
                        allWait.set(true);
                    });
            List<Future<Optional<Integer>>> all = AtOnce.ended(count, group::run);
            assertThat(together).succeedsWithin(PATIENCE);
            assertThat(before).succeedsWithin(PATIENCE).isEqualTo(Optional.of(-1));
            return all;
        }
    }

    /** Each key is done once by a statement, and what a statement was not given is not done. */
    @Test
    void oneStatementHasOneWriteOfAKey() throws Exception {
        int keys = 5;
        List<List<Integer>> statements = new CopyOnWriteArrayList<>();
        List<Future<Optional<Integer>>> ran =
                waitingTogether(
                        WRITERS,
                        number -> number % keys,
                        numbers -> {
                            statements.add(numbers);
                            Map<Integer, Integer> done = new HashMap<>();
                            numbers.forEach(number -> done.put(number % keys, number));
                            return done;
                        });
        assertThat(statements).hasSize(1);
        assertThat(statements.getFirst().stream().map(number -> number % keys))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        for (int i = 0; i < WRITERS; i++) {
            assertThat(ran.get(i).get())
                    .isEqualTo(
                            statements.getFirst().contains(i) ? Optional.of(i) : Optional.empty());
        }
    }

    @Test
    void nothingIsDoneInsideATransaction() {
        AtomicInteger statements = new AtomicInteger();
        GroupCommit<Integer, Integer, Integer> group =
                group(
                        WorkContext.Use.READ,
                        Function.identity(),
                        numbers -> {
                            statements.incrementAndGet();
                            return Map.of(1, 1);
                        });
        var transaction =
                new TransactionTemplate(server.server.part(PlatformTransactionManager.class));
        assertThat(transaction.<Optional<Integer>>execute(_ -> group.run(1))).isEmpty();
        assertThat(statements).hasValue(0);
        assertThat(group.run(1)).contains(1);
    }

    @Test
    void aStatementThatFailsOtherwiseFailsForAllOfIt() {
        int together = 10;
        AtomicInteger statements = new AtomicInteger();
        List<Future<Optional<Integer>>> all =
                waitingTogether(
                        together,
                        Function.identity(),
                        numbers -> {
                            statements.incrementAndGet();
                            throw new IllegalStateException("the database is gone");
                        });
        assertThat(statements).hasValue(1);
        for (Future<Optional<Integer>> one : all) {
            assertThatThrownBy(one::get).hasRootCauseMessage("the database is gone");
        }
    }
}
