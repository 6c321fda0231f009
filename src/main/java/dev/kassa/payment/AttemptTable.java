package dev.kassa.payment;

import dev.kassa.database.Sql;
import dev.kassa.kernel.AttemptId;
import dev.kassa.kernel.DeviceId;
import dev.kassa.kernel.MerchantId;
import dev.kassa.kernel.Money;
import dev.kassa.kernel.SessionId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** The table attempt. */
@Component
final class AttemptTable {
    /** How long a fresh attempt is left to the device before the reconciler asks about it. */
    static final Duration FIRST_CHECK = Duration.ofSeconds(15);

    /** How long to the check after this one: doubling from 15 seconds to 5 minutes. */
    static final String BACK_OFF =
            "least(interval '15 seconds' * 2 ^ least(checks, 10), interval '5 minutes')";

    /**
     * Inserts the attempt for each row of a CTE {@code attached (merchant_id, session_id)} that the
     * statement defines.
     */
    static final String INTENT =
            """
            attempt as (
                insert into attempt (attempt_id, merchant_id, session_id, device_id, method, provider,
                    amount, currency, manual_capture, status, created_at, gives_up_at, check_at)
                select :attempt_id, merchant_id, session_id, :attempt_device_id, :attempt_method,
                    :attempt_provider, :attempt_amount, :attempt_currency,
                    :attempt_manual_capture, 'PENDING', :attempt_at, :attempt_gives_up_at,
                    least(:attempt_check_at, :attempt_gives_up_at)
                from attached
            )
            """;

    /**
     * Settles the attempt's row for each row of a CTE {@code closed (attempt_id)} that the
     * statement defines; the statement must have locked the row and seen it PENDING.
     */
    static final String CLOSE =
            """
            attempt as (
                update attempt set status = :attempt_status, failure_reason = :failure_reason,
                    provider_reference = :provider_reference, card_brand = :card_brand,
                    card_last4 = :card_last4, settled_at = :settled_at
                from closed
                where attempt.attempt_id = closed.attempt_id and attempt.status = 'PENDING'
            )
            """;

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

    static StatementSpec bindIntent(StatementSpec statement, Attempt attempt) {
        return statement
                .param("attempt_id", attempt.id().value())
                .param("attempt_device_id", attempt.deviceId().value())
                .param("attempt_method", attempt.method().wire())
                .param("attempt_provider", attempt.provider())
                .param("attempt_amount", attempt.amount().minor())
                .param("attempt_currency", attempt.amount().currency().getCurrencyCode())
                .param("attempt_manual_capture", attempt.manualCapture())
                .param("attempt_at", Sql.at(attempt.createdAt()))
                .param("attempt_gives_up_at", Sql.at(attempt.givesUpAt()))
                .param("attempt_check_at", Sql.at(attempt.createdAt().plus(FIRST_CHECK)));
    }

    static StatementSpec bindClose(
            StatementSpec statement, Attempt attempt, Verdict verdict, Instant now) {
        Card card = verdict.card();
        return statement
                .param("merchant_id", attempt.merchantId().value())
                .param("attempt_id", attempt.id().value())
                .param("attempt_status", verdict.status().name())
                .param("failure_reason", verdict.failureReason())
                .param("provider_reference", verdict.reference())
                .param("card_brand", card == null ? null : card.brand())
                .param("card_last4", card == null ? null : card.last4())
                .param("settled_at", Sql.at(now));
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

    /**
     * Claims attempts of any merchant whose check is due and puts their next check off: doubling
     * from 15 seconds to 5 minutes, though never past the moment where waiting for the shopper
     * ends.
     */
    List<Attempt> claimDueOfAnyMerchant(Instant now, int limit) {
        return jdbc.sql(
                        """
                        with due as (
                            select attempt_id as due_id from attempt
                            where status = 'PENDING' and check_at <= :now
                            order by check_at limit :limit
                            for update skip locked
                        ), next as (
                            select :now +
                        """
                                + BACK_OFF
                                + """
                                         as at, due_id
                                    from due join attempt on attempt_id = due_id
                                )
                                update attempt set checks = checks + 1,
                                    check_at = case when gives_up_at > :now then least(next.at, gives_up_at)
                                        else next.at end
                                from next where attempt_id = next.due_id
                                returning
                                """
                                + COLUMNS)
                .param("now", Sql.at(now))
                .param("limit", limit)
                .query(AttemptTable::attempt)
                .list();
    }

    /** How long the attempt or refund whose check is due the longest has waited; zero for none. */
    Duration lagOfAnyMerchant(Instant now) {
        return jdbc.sql(
                        """
                        select coalesce(min(due.check_at), :now) as since from (
                            (select check_at from attempt where status = 'PENDING'
                                order by check_at limit 1)
                            union all
                            (select check_at from refund where status = 'PENDING'
                                order by check_at limit 1)
                        ) due where due.check_at < :now
                        """)
                .param("now", Sql.at(now))
                .query((row, n) -> Duration.between(Sql.instant(row, "since"), now))
                .single();
    }

    private static Attempt attempt(ResultSet row, int n) throws SQLException {
        return new Attempt(
                new AttemptId(Sql.uuid(row, "attempt_id")),
                new MerchantId(Sql.text(row, "merchant_id")),
                new SessionId(Sql.uuid(row, "session_id")),
                new DeviceId(Sql.uuid(row, "device_id")),
                Method.parse(Sql.text(row, "method")),
                Sql.text(row, "provider"),
                Money.of(row.getLong("amount"), Sql.text(row, "currency")),
                row.getBoolean("manual_capture"),
                AttemptStatus.valueOf(Sql.text(row, "status")),
                Sql.textOrNull(row, "failure_reason"),
                Sql.instant(row, "created_at"),
                Sql.instant(row, "gives_up_at"));
    }
}
