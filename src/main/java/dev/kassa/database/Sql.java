package dev.kassa.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values on their way into and out of SQL. */
public final class Sql {
    private Sql() {}

    /** The present to the microsecond, which is what PostgreSQL keeps: written is read. */
    public static Instant now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** A parameter of type timestamptz. */
    public static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /** The same for a value that may be absent. */
    public static @Nullable OffsetDateTime atOrNull(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }

    /**
     * One column of some rows as an array parameter, for {@code unnest}; the statement casts it to
     * its type.
     */
    public static <T> @Nullable String[] column(
            Collection<T> rows, Function<? super T, ? extends @Nullable Object> part) {
        return rows.stream()
                .map(row -> {
                    Object value = part.apply(row);
                    return value == null ? null : value.toString();
                })
                .toArray(String[]::new);
    }

    /** Values, such as ids, as an array parameter like {@link #column(Collection, Function)}. */
    public static @Nullable String[] array(Collection<?> values) {
        return column(values, Function.identity());
    }

    /** A timestamptz column that is not null. */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(instantOrNull(row, column), column);
    }

    /** A timestamptz column. */
    public static @Nullable Instant instantOrNull(ResultSet row, String column)
            throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    /** A uuid column that is not null. */
    public static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(uuidOrNull(row, column), column);
    }

    /** A uuid column. */
    public static @Nullable UUID uuidOrNull(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    /** A text column that is not null. */
    public static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getString(column), column);
    }

    /** A text column. */
    public static @Nullable String textOrNull(ResultSet row, String column) throws SQLException {
        return row.getString(column);
    }
}
