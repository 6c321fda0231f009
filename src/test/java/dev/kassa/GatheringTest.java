package dev.kassa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kassa.database.Gathering;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Work that waits together runs together, and nobody pays for a neighbour. */
class GatheringTest {
    private static final int WRITERS = 200;

    private final TestServer server = TestServer.shared();

    private Map<Integer, Integer> insert(List<Integer> numbers) {
        return server
                .jdbc
                .sql("insert into gathered select unnest(:numbers::int[]) returning n")
                .param("numbers", numbers.stream().map(String::valueOf).toArray(String[]::new))
                .query(Integer.class)
                .list()
                .stream()
                .collect(Collectors.toMap(Function.identity(), Function.identity()));
    }

    /** What becomes of each number when all of them come at the same moment. */
    private static <R> List<Future<R>> atOnce(Function<Integer, R> work) {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<R>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                all.add(
                        threads.submit(() -> {
                            go.await();
                            return work.apply(number);
                        }));
            }
            go.countDown();
        }
        return all;
    }

    @Test
    void oneBadRowFailsAloneAndTheRestIsWrittenOnce() throws Exception {
        server.jdbc.sql("create table gathered (n int primary key check (n <> 77))").update();
        AtomicInteger statements = new AtomicInteger();
        Gathering<Integer, Integer, Integer> gathering =
                Gathering.ofWrites(
                        Function.identity(),
                        numbers -> {
                            statements.incrementAndGet();
                            return insert(numbers);
                        });
        List<Future<Integer>> written =
                atOnce(number ->
                        gathering.run(number).orElseGet(() -> insert(List.of(number)).get(number)));
        for (int i = 0; i < WRITERS; i++) {
            Future<Integer> one = written.get(i);
            if (i == 77) {
                assertThatThrownBy(one::get)
                        .hasCauseInstanceOf(DataIntegrityViolationException.class);
            } else {
                assertThat(one.get()).isEqualTo(i);
            }
        }
        assertThat(server.jdbc.sql("select count(*) from gathered").query(Integer.class).single())
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
        Gathering<Integer, Integer, Integer> gathering =
                Gathering.ofWrites(
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
                atOnce(number -> gathering.run(number).map(number::equals).orElse(false));
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
        Gathering<Integer, Integer, Integer> gathering =
                Gathering.ofReads(
                        Function.identity(),
                        numbers -> {
                            statements.incrementAndGet();
                            return Map.of(1, 1);
                        });
        var transaction =
                new TransactionTemplate(server.server.part(PlatformTransactionManager.class));
        assertThat(transaction.<Optional<Integer>>execute(_ -> gathering.run(1))).isEmpty();
        assertThat(statements).hasValue(0);
        assertThat(gathering.run(1)).contains(1);
    }

    @Test
    void aStatementThatFailsOtherwiseFailsForAllOfIt() {
        Gathering<Integer, Integer, Integer> gathering =
                Gathering.ofWrites(
                        Function.identity(),
                        numbers -> {
                            throw new IllegalStateException("the database is gone");
                        });
        assertThatThrownBy(() -> gathering.run(1)).hasMessage("the database is gone");
        assertThatThrownBy(() -> gathering.run(2)).hasMessage("the database is gone");
    }

    /** Somebody works on one device for long; sessions for the others go on being made. */
    @Test
    void aBusyDeviceHoldsUpNobodyElse() throws Exception {
        TestMerchant merchant = server.merchant();
        TestMerchant.TestDevice busy = merchant.device();
        TestMerchant.TestDevice free = merchant.device();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Connection other = server.server.part(DataSource.class).getConnection()) {
            other.setAutoCommit(false);
            lock(other, busy.id());
            List<Future<String>> waiting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiting.add(threads.submit(() -> merchant.session(busy)));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(merchant.status(merchant.session(free))).isEqualTo("CREATED");
            }
            assertThat(waiting).noneMatch(Future::isDone);
            other.rollback();
            for (Future<String> one : waiting) {
                assertThat(merchant.status(one.get(20, TimeUnit.SECONDS))).isEqualTo("CREATED");
            }
        }
    }

    private static void lock(Connection connection, String device) throws SQLException {
        try (var statement =
                connection.prepareStatement(
                        "select from device where device_id = ?::uuid for no key update")) {
            statement.setString(1, device);
            assertThat(statement.execute()).isTrue();
        }
    }
}
