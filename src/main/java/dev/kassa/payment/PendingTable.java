package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.database.SqlStatement;
import dev.kassa.event.Event;
import dev.kassa.event.EventLog;
import dev.kassa.kernel.MerchantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The pending rows of a table of operations at providers: attempt, refund and order_movement have
 * the columns in common that this reads and writes.
 *
 * <p>A row is claimed for {@link #LEASE}, which is all that a node that dies can hold it up; the
 * result of the check then puts the next one off. A lease that ends too early does no harm, since
 * each question may be repeated under the operation's id.
 *
 * @param <T> a row as its feature reads it
 */
public final class PendingTable<T> {
    /** Where nothing but the back-off says when the next check is due. */
    public static final String NO_END = "null::timestamptz";

    /** How long a fresh operation is left to whoever began it before its provider is asked. */
    public static final Duration FIRST_CHECK = Duration.ofSeconds(15);

    /** How long a claimed row is left to the node that claimed it. */
    static final Duration LEASE = Duration.ofSeconds(30);

    /** Characters kept of what a provider answered. */
    private static final int ANSWER_CHARS = 500;

    /** How long to the check after this one: doubling from 15 seconds to 5 minutes. */
    private static final String BACK_OFF =
            "least(interval '15 seconds' * 2 ^ least(checks, 10), interval '5 minutes')";

    /** The providers that pending rows name, one index probe each. */
    private static final String PROVIDERS =
            """
            with recursive asked (provider) as (
                (select provider from {table} where status = 'PENDING' order by provider limit 1)
                union all
                select (select next.provider from {table} next
                    where next.status = 'PENDING' and next.provider > asked.provider
                    order by next.provider limit 1)
                from asked where asked.provider is not null
            )
            """;

    private static final String CLAIM =
            PROVIDERS
                    + """
                    , due as (
                        select due.id
                        from asked
                            left join unnest(:busy::text[], :checks_under_way::integer[])
                                as busy (provider, checks) using (provider)
                            cross join lateral (
                                select {id} as id from {table}
                                where status = 'PENDING' and {table}.provider = asked.provider
                                    and check_at <= :now and {id} <> all(:under_way::uuid[])
                                order by check_at
                                limit greatest(:limit - coalesce(busy.checks, 0), 0)
                                for update skip locked) due
                    ),
                    claimed as (
                        update {table} set check_at = :now + :lease::interval,
                            unanswered_since = coalesce(unanswered_since, :now)
                        from due where {table}.{id} = due.id
                        returning {table}.*
                    )
                    """;

    private static final String CHECKED =
            """
            update {table} set checks = checks + 1, last_answer = :answer,
                unanswered_since = case when :waiting then null else unanswered_since end,
                check_at = least({latest}, :now +
            """
                    + BACK_OFF
                    + """
                    )
                    where {id} = :id and status = 'PENDING'
                    """;

    private static final String MARK_UNKNOWN =
            """
            with locked as (
                select device_id from device
                where merchant_id = :merchant_id and device_id = :device_id
                for no key update
            ),
            marked as (
                update {table} set unknown_told_at = :now
                from locked
                where {table}.merchant_id = :merchant_id and {id} = :id and status = 'PENDING'
                    and unanswered_since <= :before and unknown_told_at is null
                returning {table}.merchant_id
            ),
            logged as (
                select merchant_id, :session_id::uuid as session_id, :device_id::uuid as device_id
                from marked
            ),
            """;

    private static final String LAG =
            PROVIDERS
                    + """
                    select coalesce(min(due.check_at), :now) as since
                    from asked cross join lateral (
                        select check_at from {table}
                        where status = 'PENDING' and {table}.provider = asked.provider
                        order by check_at limit 1) due
                    where due.check_at < :now
                    """;

    private final JdbcClient jdbc;
    private final Rows<T> rows;
    private final SqlStatement tell;

    public PendingTable(JdbcClient jdbc, Rows<T> rows) {
        this.jdbc = jdbc;
        this.rows = rows;
        this.tell =
                SqlStatement.of(
                        sql(MARK_UNKNOWN), List.of(EventLog.APPEND), "select count(*) from marked");
    }

    /**
     * How the table differs from its like.
     *
     * @param id the name of its key
     * @param latest SQL: until when the next check may be put off; see {@link #NO_END}
     * @param claimed SQL: reads the rows of a CTE {@code claimed}, which has the table's columns
     */
    public record Rows<T>(
            String table,
            String id,
            String latest,
            String claimed,
            RowMapper<T> mapper,
            Function<T, UUID> idOf,
            Function<T, String> providerOf) {}

    private String sql(String template) {
        return template.replace("{table}", rows.table())
                .replace("{id}", rows.id())
                .replace("{latest}", rows.latest());
    }

    String name() {
        return rows.table();
    }

    UUID id(T row) {
        return rows.idOf().apply(row);
    }

    String provider(T row) {
        return rows.providerOf().apply(row);
    }

    /**
     * Claims rows of any merchant whose check is due, for each provider as many as it has room for.
     *
     * @param limit checks under way at one provider, at the most
     * @param busy how many there are, by provider
     * @param underWay the rows that they are about, which are not claimed again
     */
    List<T> claimDueOfAnyMerchant(
            Instant now, int limit, Map<String, Integer> busy, Set<UUID> underWay) {
        List<Map.Entry<String, Integer>> entries = List.copyOf(busy.entrySet());
        return jdbc.sql(sql(CLAIM + rows.claimed()))
                .param("now", Sql.at(now))
                .param("lease", LEASE.toString())
                .param("limit", limit)
                .param("busy", Sql.column(entries, Map.Entry::getKey))
                .param("checks_under_way", Sql.column(entries, Map.Entry::getValue))
                .param("under_way", Sql.column(List.copyOf(underWay), Function.identity()))
                .query(rows.mapper())
                .list();
    }

    /** Puts the next check of a row off, unless it is settled, and keeps what came of this one. */
    void checkedOfAnyMerchant(UUID id, CheckResult result, Instant now) {
        String answer =
                switch (result) {
                    case CheckResult.Settled _ ->
                            "It gave its final answer, which could not be applied.";
                    case CheckResult.Waiting _ -> "It waits for the shopper.";
                    case CheckResult.Unknown(String why) -> readable(why);
                };
        var _ =
                jdbc.sql(sql(CHECKED))
                        .param("id", id)
                        .param("answer", answer)
                        .param("waiting", result instanceof CheckResult.Waiting)
                        .param("now", Sql.at(now))
                        .update();
    }

    /** On one line, of a bounded length, and without what PostgreSQL keeps in no text. */
    private static String readable(String why) {
        String line = why.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= ANSWER_CHARS ? line : line.substring(0, ANSWER_CHARS);
    }

    /**
     * Logs the event of an operation unanswered since {@code before} or longer, and marks it told;
     * false when it was told, answered or settled before.
     */
    boolean tell(ProviderOperation operation, Event event, Instant before, Instant now) {
        return tell.bind(
                                jdbc,
                                parameters -> {
                                    var _ =
                                            parameters
                                                    .param(
                                                            "merchant_id",
                                                            operation.merchantId().value())
                                                    .param(
                                                            "device_id",
                                                            operation.deviceId().value())
                                                    .param(
                                                            "session_id",
                                                            operation.sessionId().value())
                                                    .param("id", operation.id())
                                                    .param("before", Sql.at(before))
                                                    .param("now", Sql.at(now));
                                    EventLog.bind(parameters, List.of(event));
                                })
                        .query(Long.class)
                        .single()
                == 1;
    }

    /**
     * Keeps what a provider said of one of the merchant's operations that is settled otherwise;
     * false when it is not, or when the same was kept before.
     */
    public boolean keepLate(
            MerchantId merchant, UUID id, String status, String detail, Instant now) {
        return jdbc.sql(
                                """
                                insert into late_operation_answer (operation_id, status, kind,
                                    merchant_id, session_id, detail, received_at)
                                select id, :status, kind, merchant_id, session_id, :detail, :now
                                from provider_operation
                                where merchant_id = :merchant_id and id = :id
                                    and status not in ('PENDING', :status)
                                on conflict (operation_id, status) do nothing
                                """)
                        .param("merchant_id", merchant.value())
                        .param("id", id)
                        .param("status", status)
                        .param("detail", detail)
                        .param("now", Sql.at(now))
                        .update()
                == 1;
    }

    /** How long the row whose check is due the longest has waited; zero for none. */
    public Duration lagOfAnyMerchant(Instant now) {
        return jdbc.sql(sql(LAG))
                .param("now", Sql.at(now))
                .query((row, n) -> Duration.between(Sql.instant(row, "since"), now))
                .single();
    }
}
