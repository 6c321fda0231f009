package dev.kassa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.kernel.MerchantId;
import dev.kassa.testing.AtOnce;
import dev.kassa.testing.TestServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
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

    /**
     * Whatever meets: each statement sees every key once, and what it was not given is not done.
     */
    @Test
    void oneStatementHasOneWriteOfAKey() throws Exception {
        AtomicInteger repeated = new AtomicInteger();
        AtomicInteger written = new AtomicInteger();
        GroupCommit<Integer, Integer, Integer> group =
                group(
                        WorkContext.Use.WRITE,
                        number -> number % 5,
                        numbers -> {
                            Map<Integer, Integer> done = new HashMap<>();
                            for (int number : numbers) {
                                if (done.put(number % 5, number) != null) {
                                    repeated.incrementAndGet();
                                }
                            }
                            written.addAndGet(numbers.size());
                            return done;
                        });
        List<Future<Boolean>> ran =
                AtOnce.ended(
                        WRITERS,
                        number -> group.run(number).map(one -> one == number).orElse(false));
        int done = 0;
        for (Future<Boolean> one : ran) {
            done += one.get() ? 1 : 0;
        }
        assertThat(repeated).hasValue(0);
        assertThat(written).hasValue(done);
        assertThat(done).isBetween(1, WRITERS);
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
        GroupCommit<Integer, Integer, Integer> group =
                group(
                        WorkContext.Use.WRITE,
                        Function.identity(),
                        numbers -> {
                            throw new IllegalStateException("the database is gone");
                        });
        assertThatThrownBy(() -> group.run(1)).hasMessage("the database is gone");
        assertThatThrownBy(() -> group.run(2)).hasMessage("the database is gone");
    }
}
