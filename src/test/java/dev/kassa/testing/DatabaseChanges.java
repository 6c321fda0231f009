package dev.kassa.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What was committed in any table since somebody last looked, row by row. A trigger on each table
 * notes it in the transaction of the change, so that what is undone leaves nothing, and the look
 * costs the same however large the database is. Sequences do not count.
 */
public final class DatabaseChanges {
    private static final String INSTALL =
            """
            create schema changes;
            create unlogged table changes.change (
                seq  bigint generated always as identity,
                name text not null,
                was  jsonb,
                is_now jsonb
            );
            create function changes.note() returns trigger language plpgsql as $$
            declare
                was jsonb := to_jsonb(old);
                is_now jsonb := to_jsonb(new);
            begin
                if was is distinct from is_now then
                    insert into changes.change (name, was, is_now) values (tg_table_name, was, is_now);
                end if;
                return null;
            end $$;
            do $$
            declare
                one text;
            begin
                for one in select tablename from pg_tables where schemaname = 'public' loop
                    execute format('create trigger changes after insert or update or delete on %I'
                        ' for each row execute function changes.note()', one);
                end loop;
            end $$;
            """;

    private final JdbcClient jdbc;

    public DatabaseChanges(JdbcClient jdbc) {
        this.jdbc = jdbc;
        var _ = jdbc.sql(INSTALL).update();
    }

    /**
     * A row that is there now and was not, or the other way round.
     *
     * @param row all its columns as JSON
     */
    public record Change(String table, boolean appeared, String row) {
        /** Whether the row has this text as the value of a column. */
        public boolean has(String column, String value) {
            return row.contains("\"" + column + "\": \"" + value + "\"");
        }

        @Override
        public String toString() {
            return (appeared ? "+ " : "- ") + table + " " + row + "\n";
        }
    }

    private record Noted(String table, @Nullable String was, @Nullable String now) {}

    /**
     * The changes since the last call; a row that came and went, or went and came back, is none.
     */
    public List<Change> take() {
        List<Noted> noted =
                jdbc.sql(
                                """
                                with gone as (delete from changes.change returning seq, name, was, is_now)
                                select name, was, is_now from gone order by seq
                                """)
                        .query((row, n) ->
                                new Noted(
                                        row.getString("name"),
                                        row.getString("was"),
                                        row.getString("is_now")))
                        .list();
        Map<String, Map<String, Integer>> net = new TreeMap<>();
        for (Noted one : noted) {
            Map<String, Integer> rows = net.computeIfAbsent(one.table, name -> new HashMap<>());
            if (one.was != null) {
                var _ = rows.merge(one.was, -1, Integer::sum);
            }
            if (one.now != null) {
                var _ = rows.merge(one.now, 1, Integer::sum);
            }
        }
        List<Change> changes = new ArrayList<>();
        net.forEach((table, rows) ->
                rows.forEach((row, count) -> {
                    if (count != 0) {
                        changes.add(new Change(table, count > 0, row));
                    }
                }));
        return changes;
    }

    /** Forgets everything noted so far, and the room it took. */
    public void forget() {
        var _ = jdbc.sql("truncate changes.change").update();
    }
}
