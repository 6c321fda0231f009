package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.database.SqlRows;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table attempt. */
@Component
final class AttemptTable {
    private static final SqlRows<Attempt> INTENTS =
            SqlRows.<Attempt>named("intent")
                    .column("attempt_id", "uuid", Attempt::id)
                    .column("method", "text", attempt -> attempt.method().wire())
                    .column("provider", "text", Attempt::provider)
                    .column("amount", "bigint", attempt -> attempt.amount().minor())
                    .column("currency", "text", attempt -> attempt.amount().currency())
                    .column("manual_capture", "boolean", Attempt::manualCapture)
                    .column("created_at", "timestamptz", Attempt::createdAt)
                    .column("gives_up_at", "timestamptz", Attempt::givesUpAt)
                    .column("check_at", "timestamptz", AttemptTable::firstCheck);

    private static final SqlRows<Attempts.AttemptOutcome> VERDICTS =
            SqlRows.<Attempts.AttemptOutcome>named("verdict")
                    .column("status", "text", one -> OutcomeColumns.of(one.outcome()).status())
                    .column(
                            "failure_reason",
                            "text",
                            one -> OutcomeColumns.of(one.outcome()).failureReason())
                    .column(
                            "provider_reference",
                            "text",
                            one -> OutcomeColumns.of(one.outcome()).reference())
                    .column(
                            "card_brand",
                            "text",
                            one -> OutcomeColumns.of(one.outcome()).cardBrand())
                    .column(
                            "card_last4",
                            "text",
                            one -> OutcomeColumns.of(one.outcome()).cardLast4())
                    .column("settled_at", "timestamptz", Attempts.AttemptOutcome::at);

    private static final SqlRows<Attempts.AttemptOutcome> CLOSINGS =
            VERDICTS.column("attempt_id", "uuid", one -> one.attempt().id());

    /**
     * Inserts the attempts for the rows of {@code attached (attempt_id, merchant_id, session_id,
     * device_id)}.
     */
    static final SqlFragment INTENT =
            new SqlFragment(
                    Set.of("attached"),
                    Set.of("attempt_insert"),
                    """
                    attempt_insert as (
                        insert into attempt (%s, merchant_id, session_id, device_id, status)
                        select %s, merchant_id, session_id, device_id, 'PENDING'
                        from attached join %s using (attempt_id)
                    )
                    """
                            .formatted(INTENTS.columns(), INTENTS.values(), INTENTS.table()));

    /**
     * The guard on an attempt's own row. In words that no partial index on PENDING answers to: such
     * an index is full of dead entries between two vacuums, and the key finds the row at once.
     */
    static final String PENDING = " attempt.status || '' = 'PENDING' ";

    /**
     * Settles the attempts' rows for the rows of {@code closed (attempt_id)}. The statement must
     * have locked the rows and seen them {@link #PENDING}.
     */
    static final SqlFragment CLOSE =
            new SqlFragment(
                    Set.of("closed"),
                    Set.of("attempt_update"),
                    """
                    attempt_update as (
                        update attempt set %s
                        from closed join %s using (attempt_id)
                        where attempt.attempt_id = closed.attempt_id and
                    """
                                    .formatted(VERDICTS.assignments(), CLOSINGS.table())
                            + PENDING
                            + ")");

    private static final String COLUMNS =
            """
            attempt_id, merchant_id, session_id, device_id, method, provider, amount, currency,
            manual_capture, status,
            failure_reason, created_at, gives_up_at
            """;

    private final JdbcClient jdbc;

    AttemptTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    private static Instant firstCheck(Attempt attempt) {
        Instant check = attempt.createdAt().plus(PendingTable.FIRST_CHECK);
        return check.isBefore(attempt.givesUpAt()) ? check : attempt.givesUpAt();
    }

    static void bindIntent(SqlParameters parameters, List<Attempt> attempts) {
        INTENTS.bind(parameters, attempts);
    }

    static void bindClose(SqlParameters parameters, List<Attempts.AttemptOutcome> closings) {
        CLOSINGS.bind(parameters, closings);
    }

    Optional<Attempt> find(MerchantId merchant, AttemptId attempt) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from attempt
                                where merchant_id = :merchant_id and attempt_id = :attempt_id
                                """)
                .param("merchant_id", merchant.value())
                .param("attempt_id", attempt.value())
                .query(AttemptTable::attempt)
                .optional();
    }

    Optional<Attempt> latest(MerchantId merchant, SessionId session) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from attempt
                                where merchant_id = :merchant_id and session_id = :session_id
                                order by created_at desc, attempt_id desc limit 1
                                """)
                .param("merchant_id", merchant.value())
                .param("session_id", session.value())
                .query(AttemptTable::attempt)
                .optional();
    }

    /** The newest attempt of each of these sessions that has one, in one statement. */
    List<Attempt> latest(MerchantId merchant, List<SessionId> sessions) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from unnest(:session_ids::uuid[]) as wanted (id)
                                    cross join lateral (
                                        select * from attempt
                                        where merchant_id = :merchant_id and session_id = wanted.id
                                        order by created_at desc, attempt_id desc limit 1
                                    ) newest
                                """)
                .param("merchant_id", merchant.value())
                .param("session_ids", Sql.column(sessions, SessionId::value))
                .query(AttemptTable::attempt)
                .list();
    }

    /** The attempt that a provider speaks of; it knows no merchants. */
    Optional<Attempt> findOfAnyMerchant(String provider, AttemptId attempt) {
        return jdbc.sql(
                        "select "
                                + COLUMNS
                                + """
                                from attempt
                                where attempt_id = :attempt_id and provider = :provider
                                """)
                .param("attempt_id", attempt.value())
                .param("provider", provider)
                .query(AttemptTable::attempt)
                .optional();
    }

    /** The attempts that nobody has settled. */
    PendingTable<Attempt> pending() {
        return new PendingTable<>(
                jdbc,
                new PendingTable.Rows<>(
                        "attempt",
                        "attempt_id",
                        "case when gives_up_at > :now then gives_up_at end",
                        "select " + COLUMNS + " from claimed",
                        AttemptTable::attempt,
                        attempt -> attempt.id().value(),
                        Attempt::provider));
    }

    private static Attempt attempt(ResultSet row, int n) throws SQLException {
        return new Attempt(
                new AttemptId(Sql.uuid(row, "attempt_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                PaymentMethod.parse(Sql.text(row, "method")),
                Sql.text(row, "provider"),
                Money.of(row.getLong("amount"), Sql.text(row, "currency")),
                row.getBoolean("manual_capture"),
                AttemptStatus.valueOf(Sql.text(row, "status")),
                Sql.textOrNull(row, "failure_reason"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "gives_up_at"));
    }
}
