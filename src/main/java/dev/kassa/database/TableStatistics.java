package dev.kassa.database;

import dev.kassa.kernel.Worker;
import java.time.Duration;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the planner's statistics of growing tables fit. PostgreSQL looks once a minute by itself,
 * and a young database grows a hundredfold in that time: statements planned for an empty table then
 * read the whole of it. A table is looked at again when it has twice the rows, so seldom.
 */
@Component
final class TableStatistics implements Worker {
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /** A table of up to twice as many rows is read as fast whole. */
    private static final int WORTH_IT = 50;

    private final JdbcClient jdbc;

    TableStatistics(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String name() {
        return "table-statistics";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    /** Tables that are somebody else's are left to them, and those being looked at to that look. */
    @Override
    public void runOnce() {
        List<String> grown =
                jdbc.sql(
                                """
                                select format('%I.%I', schemaname, stat.relname) as name
                                from pg_stat_user_tables stat join pg_class on pg_class.oid = relid
                                where schemaname = current_schema
                                    and n_live_tup > 2 * greatest(reltuples, :worth_it)
                                    and pg_has_role(relowner, 'USAGE')
                                """)
                        .param("worth_it", WORTH_IT)
                        .query((row, n) -> Sql.text(row, "name"))
                        .list();
        for (String table : grown) {
            jdbc.sql("analyze (skip_locked) " + table).update();
        }
    }
}
