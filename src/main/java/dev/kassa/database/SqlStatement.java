package dev.kassa.database;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * A statement put together from common table expressions of several packages. It is made once, and
 * refuses to be made when a fragment lacks what it needs, or when two parts give the same name or
 * use the same parameter.
 */
public final class SqlStatement {
    private static final Pattern DEFINITION =
            Pattern.compile("(?:\\bwith|,)\\s*(\\w+)\\s+as\\s*(?:materialized\\s*)?\\(");

    /** {@code :name}, but not the cast {@code ::type}. */
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):([a-z]\\w*)");

    private final String sql;
    private final Set<String> parameters;

    private SqlStatement(String sql, Set<String> parameters) {
        this.sql = sql;
        this.parameters = parameters;
    }

    /**
     * Puts a statement together.
     *
     * @param own the statement's own expressions, from {@code with} on, with a comma at the end
     * @param fragments in an order in which each finds what it needs
     * @param end what is selected in the end
     * @throws IllegalArgumentException when the parts do not fit
     */
    public static SqlStatement of(String own, List<SqlFragment> fragments, String end) {
        Set<String> defined = new HashSet<>(names(DEFINITION, own));
        Set<String> parameters = new HashSet<>(names(PARAMETER, own + end));
        for (SqlFragment fragment : fragments) {
            if (!defined.containsAll(fragment.needs())) {
                throw new IllegalArgumentException(
                        "a fragment needs " + fragment.needs() + " of " + defined);
            }
            for (String name : fragment.gives()) {
                if (!defined.add(name)) {
                    throw new IllegalArgumentException(name + " is defined twice");
                }
            }
            for (String name : names(PARAMETER, fragment.sql())) {
                if (!parameters.add(name)) {
                    throw new IllegalArgumentException("two parts use the parameter " + name);
                }
            }
        }
        String all = fragments.stream().map(SqlFragment::sql).collect(Collectors.joining(",\n"));
        return new SqlStatement(own + all + "\n" + end, parameters);
    }

    /** The text, with named parameters. */
    public String sql() {
        return sql;
    }

    /**
     * Prepares it with its parameters.
     *
     * @param binder sets each parameter once: those of a fragment are set by the package that has
     *     it
     * @throws IllegalStateException when one is set twice, or not at all, or is none
     */
    public StatementSpec bind(JdbcClient jdbc, Consumer<SqlParameters> binder) {
        SqlParameters values = new SqlParameters();
        binder.accept(values);
        if (!values.names().equals(parameters)) {
            throw new IllegalStateException(
                    "set are "
                            + new TreeSet<>(values.names())
                            + " and not "
                            + new TreeSet<>(parameters));
        }
        return values.on(jdbc.sql(sql));
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toSet());
    }
}
