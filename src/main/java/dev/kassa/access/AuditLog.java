package dev.kassa.access;

import dev.kassa.database.Sql;
import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.database.SqlRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/**
 * The audit log, in the table audit_entry, which PostgreSQL lets nobody change. A line is written
 * by the statement of the change it tells of, so neither can be there without the other.
 */
@Component
public final class AuditLog {
    private static final SqlRows<AuditEntry> ENTRIES =
            SqlRows.<AuditEntry>named("audit")
                    .column("merchant_id", "text", AuditEntry::merchant)
                    .column("actor", "text", AuditEntry::actor)
                    .column("action", "text", entry -> entry.action().wire())
                    .column("subject", "text", AuditEntry::subject)
                    .column("before", "json", AuditEntry::before)
                    .column("after", "json", AuditEntry::after)
                    .column("address", "text", AuditEntry::address)
                    .column("correlation_id", "text", AuditEntry::correlationId);

    private final JdbcClient jdbc;

    AuditLog(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Writes the entries whose subject is in a common table expression: of those changes that took
     * place. Parameters are set by {@link #bind}.
     *
     * @param changed the expression
     * @param id its column that has the subject
     */
    public static SqlFragment append(String changed, String id) {
        return new SqlFragment(
                Set.of(changed),
                Set.of("audit_insert"),
                """
                audit_insert as (
                    insert into audit_entry (%s)
                    select %s from %s join %s on audit.subject = %s.%s::text
                    order by audit.nth
                )
                """
                        .formatted(
                                ENTRIES.columns(),
                                ENTRIES.values(),
                                changed,
                                ENTRIES.table(),
                                changed,
                                id));
    }

    /** Sets the parameters of {@link #append}. */
    public static void bind(SqlParameters parameters, List<AuditEntry> entries) {
        ENTRIES.bind(parameters, entries);
    }

    /**
     * A change of one row, with its entry if the row was changed. Its own parameters are still to
     * be set; it answers how many rows were changed.
     *
     * @param change an insert, update or delete without {@code with} and {@code returning}
     */
    public static StatementSpec audited(JdbcClient jdbc, String change, AuditEntry entry) {
        return on(
                jdbc.sql(
                        "with changed as ("
                                + change
                                + " returning 1), "
                                + when("changed")
                                + " select count(*)::int from changed"),
                entry);
    }

    /**
     * SQL of the common table expression that writes one entry if another expression has a row. Its
     * parameters are set by {@link #on}.
     */
    public static String when(String changed) {
        return whenFor("exists (select from " + changed + ")", ENTRIES.values(), ENTRIES.table());
    }

    /**
     * The same for what only the change itself tells: whose it is, and the subject.
     *
     * @param changed an expression with the columns merchant_id and subject
     */
    public static String whenFound(String changed) {
        return whenFor(
                "true",
                ENTRIES.values()
                        .replace("audit.merchant_id", changed + ".merchant_id")
                        .replace("audit.subject", changed + ".subject::text"),
                ENTRIES.table() + " cross join " + changed);
    }

    private static String whenFor(String condition, String values, String table) {
        return " audit_insert as (insert into audit_entry (%s) select %s from %s where %s) "
                .formatted(ENTRIES.columns(), values, table, condition);
    }

    /** Sets the parameters of {@link #when}. */
    public static StatementSpec on(StatementSpec statement, AuditEntry entry) {
        return ENTRIES.on(statement, List.of(entry));
    }

    /**
     * One line as it was written.
     *
     * @param auditId grows from line to line
     */
    public record Line(
            long auditId,
            Instant at,
            @Nullable String merchantId,
            String actor,
            String action,
            String subject,
            @Nullable String before,
            @Nullable String after,
            @Nullable String address,
            @Nullable String correlationId) {}

    static Line line(ResultSet row) throws SQLException {
        return new Line(
                row.getLong("audit_id"),
                Sql.instant(row, "at"),
                Sql.textOrNull(row, "merchant_id"),
                Sql.text(row, "actor"),
                Sql.text(row, "action"),
                Sql.text(row, "subject"),
                Sql.textOrNull(row, "before"),
                Sql.textOrNull(row, "after"),
                Sql.textOrNull(row, "address"),
                Sql.textOrNull(row, "correlation_id"));
    }

    /** Some lines after one, the oldest first; of all merchants when none is given. */
    public List<Line> readOfAnyMerchant(@Nullable String merchant, long after, int limit) {
        return jdbc.sql(
                        """
                        select * from audit_entry
                        where audit_id > :after
                            and (:merchant_id::text is null or merchant_id = :merchant_id)
                        order by audit_id limit :limit
                        """)
                .param("after", after)
                .param("merchant_id", merchant)
                .param("limit", limit)
                .query((row, n) -> line(row))
                .list();
    }
}
