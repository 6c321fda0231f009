package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.database.SqlFragment;
import dev.kassa.database.SqlParameters;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table attempt. */
@Component
final class AttemptTable {
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
                        insert into attempt (attempt_id, merchant_id, session_id, device_id, method, provider,
                            amount, currency, manual_capture, status, created_at, gives_up_at, check_at)
                        select attempt_id, merchant_id, session_id, device_id, method, provider, amount,
                            currency, manual_capture, 'PENDING', created_at, gives_up_at,
                            least(check_at, gives_up_at)
                        from attached join unnest(:new_attempt_ids::uuid[], :attempt_methods::text[],
                            :attempt_providers::text[], :attempt_amounts::bigint[],
                            :attempt_currencies::text[], :attempt_manual_captures::boolean[],
                            :attempts_created_at::timestamptz[], :attempts_give_up_at::timestamptz[],
                            :attempts_check_at::timestamptz[])
                            as a (attempt_id, method, provider, amount, currency, manual_capture,
                                created_at, gives_up_at, check_at) using (attempt_id)
                    )
                    """);

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
                        update attempt set status = verdict.status, failure_reason = verdict.failure_reason,
                            provider_reference = verdict.provider_reference,
                            card_brand = verdict.card_brand, card_last4 = verdict.card_last4,
                            settled_at = verdict.settled_at
                        from closed join unnest(:closed_attempt_ids::uuid[], :attempt_statuses::text[],
                            :failure_reasons::text[], :provider_references::text[], :card_brands::text[],
                            :cards_last4::text[], :attempts_settled_at::timestamptz[])
                            as verdict (attempt_id, status, failure_reason, provider_reference, card_brand,
                                card_last4, settled_at) using (attempt_id)
                        where attempt.attempt_id = closed.attempt_id and
                    """
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

    static void bindIntent(SqlParameters parameters, List<Attempt> attempts) {
        var _ =
                parameters
                        .param("new_attempt_ids", Sql.column(attempts, Attempt::id))
                        .param(
                                "attempt_methods",
                                Sql.column(attempts, attempt -> attempt.method().wire()))
                        .param("attempt_providers", Sql.column(attempts, Attempt::provider))
                        .param(
                                "attempt_amounts",
                                Sql.column(attempts, attempt -> attempt.amount().minor()))
                        .param(
                                "attempt_currencies",
                                Sql.column(
                                        attempts,
                                        attempt -> attempt.amount().currency().getCurrencyCode()))
                        .param(
                                "attempt_manual_captures",
                                Sql.column(attempts, Attempt::manualCapture))
                        .param("attempts_created_at", Sql.column(attempts, Attempt::createdAt))
                        .param("attempts_give_up_at", Sql.column(attempts, Attempt::givesUpAt))
                        .param(
                                "attempts_check_at",
                                Sql.column(
                                        attempts,
                                        attempt ->
                                                attempt.createdAt()
                                                        .plus(PendingTable.FIRST_CHECK)));
    }

    static void bindClose(SqlParameters parameters, List<Attempts.AttemptOutcome> closings) {
        List<OutcomeColumns> verdicts =
                closings.stream().map(closing -> OutcomeColumns.of(closing.outcome())).toList();
        var _ =
                parameters
                        .param(
                                "closed_attempt_ids",
                                Sql.column(closings, closing -> closing.attempt().id()))
                        .param("attempt_statuses", Sql.column(verdicts, OutcomeColumns::status))
                        .param(
                                "failure_reasons",
                                Sql.column(verdicts, OutcomeColumns::failureReason))
                        .param(
                                "provider_references",
                                Sql.column(verdicts, OutcomeColumns::reference))
                        .param("card_brands", Sql.column(verdicts, OutcomeColumns::cardBrand))
                        .param("cards_last4", Sql.column(verdicts, OutcomeColumns::cardLast4))
                        .param(
                                "attempts_settled_at",
                                Sql.column(closings, Attempts.AttemptOutcome::at));
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
