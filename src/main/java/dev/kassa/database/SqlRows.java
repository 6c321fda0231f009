package dev.kassa.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Values that a statement reads as the rows of a table. Each column says once what it is called, of
 * which type it is, and where its value comes from. There is one array parameter for each column,
 * so the statement is the same whatever the number of rows.
 *
 * @param <R> what makes a row
 */
public final class SqlRows<R> {
    private final String name;
    private final List<Column<R>> columns;

    private record Column<R>(
            String name, String type, Function<? super R, ? extends @Nullable Object> value) {}

    private SqlRows(String name, List<Column<R>> columns) {
        this.name = name;
        this.columns = columns;
    }

    /** Rows without a column, as a table of this name. */
    public static <R> SqlRows<R> named(String name) {
        return new SqlRows<>(name, List.of());
    }

    /**
     * The same with one more column.
     *
     * @param type as SQL has it; the value's text is cast to it
     */
    public SqlRows<R> column(
            String column, String type, Function<? super R, ? extends @Nullable Object> value) {
        List<Column<R>> more = new ArrayList<>(columns);
        more.add(new Column<>(column, type, value));
        return new SqlRows<>(name, List.copyOf(more));
    }

    /** SQL of the table, for a {@code from} clause. Its last column {@code nth} counts the rows. */
    public String table() {
        return " unnest("
                + join(column -> array(column.name()))
                + ") with ordinality as "
                + name
                + " ("
                + columns()
                + ", nth) ";
    }

    /** The columns' names, to insert into. */
    public String columns() {
        return join(Column::name);
    }

    /** The columns as a {@code select} names them. */
    public String values() {
        return join(column -> name + "." + column.name());
    }

    /** For the {@code set} of an update of columns that are called the same. */
    public String assignments() {
        return join(column -> column.name() + " = " + name + "." + column.name());
    }

    /** SQL of all values of one column. */
    public String array(String column) {
        Column<R> one =
                columns.stream()
                        .filter(known -> known.name().equals(column))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(column));
        return ":" + parameter(one) + "::" + one.type() + "[]";
    }

    /** Sets the parameters. */
    public void bind(SqlParameters parameters, Collection<R> rows) {
        for (Column<R> column : columns) {
            var _ = parameters.param(parameter(column), Sql.column(rows, column.value()));
        }
    }

    /** The same for a statement that is not put together of parts. */
    public StatementSpec on(StatementSpec statement, Collection<R> rows) {
        SqlParameters parameters = new SqlParameters();
        bind(parameters, rows);
        return parameters.on(statement);
    }

    private String parameter(Column<R> column) {
        return name + "_" + column.name();
    }

    private String join(Function<Column<R>, String> part) {
        return columns.stream().map(part).collect(Collectors.joining(", "));
    }
}
