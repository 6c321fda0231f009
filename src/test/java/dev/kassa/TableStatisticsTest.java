package dev.kassa;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A table that grows is known to the planner long before PostgreSQL looks by itself. */
class TableStatisticsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final TestServer server = TestServer.shared();

    @Test
    void aTableIsLookedAtWhenItHasGrown() {
        server.jdbc
                .sql(
                        """
                        create table grown with (autovacuum_enabled = off)
                        as select * from generate_series(1, 500)
                        """)
                .update();
        Await.until(SOON, () -> rowsThePlannerKnows() == 500);
        server.jdbc.sql("insert into grown select * from generate_series(1, 2000)").update();
        Await.until(SOON, () -> rowsThePlannerKnows() == 2500);
    }

    private int rowsThePlannerKnows() {
        return server.jdbc
                .sql("select reltuples::int from pg_class where relname = 'grown'")
                .query(Integer.class)
                .single();
    }
}
