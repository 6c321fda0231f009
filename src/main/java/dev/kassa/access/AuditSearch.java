package dev.kassa.access;

import dev.kassa.database.Sql;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds lines of the audit log for a person. */
@Component
public final class AuditSearch {
    /** Two servers may write lines in another order than their moments, by less than this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /** In the words of the index audit_of_action, or PostgreSQL would not take it. */
    private static final String SELDOM =
            """
             and action not in ('session.created', 'session.cancelled', 'session.expired',
                'payment.started', 'payment.settled', 'movement.started', 'movement.settled',
                'device.push_token_changed')
            """;

    /** In the words of the index audit_of_people. */
    private static final String PEOPLE = " and actor like 'user:%' ";

    private final JdbcClient jdbc;

    AuditSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Which of a merchant's lines are looked for.
     *
     * @param actor as written; empty for anybody's
     * @param action null for any
     * @param subject the id of what was changed; empty for any
     * @param from no older ones; null for any
     * @param to only older ones; null for any
     * @param before the last line of the page before
     */
    public record Filter(
            String actor,
            @Nullable AuditAction action,
            String subject,
            @Nullable Instant from,
            @Nullable Instant to,
            long before) {}

    /**
     * Some of a merchant's lines, the newest first.
     *
     * <p>A subject is found by the index audit_of_subject, a person by audit_of_people, an action
     * that is done seldom by audit_of_action. Without these, audit_of_merchant is walked from the
     * newest line on: keys, devices and what is part of each payment are never far away. Dates
     * become line numbers (audit_id_since) and so bound whichever index it is.
     */
    public List<AuditLog.Line> find(MerchantId merchant, Filter filter, int limit) {
        AuditAction action = filter.action();
        return jdbc.sql(sql(filter))
                .param("merchant_id", merchant.value())
                .param("before", filter.before())
                .param("from", Sql.atOrNull(filter.from()))
                .param("to", Sql.atOrNull(filter.to()))
                .param("skew", SKEW.toString())
                .param("actor", filter.actor())
                .param("subject", filter.subject())
                .param("action", action == null ? "" : action.wire())
                .param("limit", limit)
                .query((row, n) -> AuditLog.line(row))
                .list();
    }

    /** Only what is asked for, so that any plan of it can use its index. */
    private static String sql(Filter filter) {
        StringBuilder sql =
                new StringBuilder(
                        """
                        select * from audit_entry
                        where merchant_id = :merchant_id and audit_id < :before
                        """);
        if (filter.from() != null) {
            sql.append(
                    """
                     and at >= :from and audit_id >= audit_id_since(:from - :skew::interval)
                    """);
        }
        if (filter.to() != null) {
            sql.append(
                    """
                     and at < :to and audit_id < audit_id_since(:to + :skew::interval)
                    """);
        }
        if (!filter.subject().isEmpty()) {
            sql.append(" and subject = :subject ");
        }
        if (!filter.actor().isEmpty()) {
            sql.append(" and actor = :actor ");
            sql.append(filter.actor().startsWith("user:") ? PEOPLE : "");
        }
        AuditAction action = filter.action();
        if (action != null) {
            sql.append(" and action = :action ");
            sql.append(action.isSeldom() ? SELDOM : "");
        }
        return sql.append(" order by audit_id desc limit :limit").toString();
    }

    /** When this was done last to each of some things; by the index audit_of_subject. */
    public Map<String, Instant> latest(
            MerchantId merchant, AuditAction action, Collection<String> subjects) {
        Map<String, Instant> latest = new HashMap<>();
        jdbc.sql(
                        """
                        select thing.subject, last.at
                        from unnest(:subjects::text[]) as thing (subject)
                            cross join lateral (select at from audit_entry
                                where merchant_id = :merchant_id
                                    and audit_entry.subject = thing.subject and action = :action
                                order by audit_id desc limit 1) last
                        """)
                .param("merchant_id", merchant.value())
                .param("subjects", Sql.array(subjects))
                .param("action", action.wire())
                .query(row -> {
                    latest.put(Sql.text(row, "subject"), Sql.instant(row, "at"));
                });
        return latest;
    }
}
