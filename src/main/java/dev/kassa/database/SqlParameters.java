package dev.kassa.database;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** The parameters of one {@link SqlStatement}, each set once. */
public final class SqlParameters {
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    SqlParameters() {}

    /**
     * Sets one.
     *
     * @throws IllegalStateException when it is set already
     */
    public SqlParameters param(String name, @Nullable Object value) {
        if (values.containsKey(name)) {
            throw new IllegalStateException("the parameter " + name + " is set already");
        }
        values.put(name, value);
        return this;
    }

    Set<String> names() {
        return values.keySet();
    }

    StatementSpec on(StatementSpec statement) {
        StatementSpec bound = statement;
        for (Map.Entry<String, @Nullable Object> value : values.entrySet()) {
            bound = bound.param(value.getKey(), value.getValue());
        }
        return bound;
    }
}
