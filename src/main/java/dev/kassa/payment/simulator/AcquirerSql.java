package dev.kassa.payment.simulator;

import java.util.Arrays;

/**
 * The statements of {@link SimulatedAcquirer}. Each takes the fault that a script has ready for its
 * call, and does nothing if that fault says so.
 */
final class AcquirerSql {
    private static final String[] NOT_DONE =
            Arrays.stream(ProviderFault.values())
                    .filter(fault -> !fault.done())
                    .map(ProviderFault::name)
                    .toArray(String[]::new);

    private static final String GOES_ON =
            " not exists (select from fault where fault = any(:not_done)) ";

    private static final String ANSWER =
            """
             select * from (select 1) as one left join done on true left join fault on true
            """;

    /** The payment under this key, made if there is none; one awaiting a card gets :status. */
    static final String UPSERT =
            "with "
                    + FaultScript.NEXT
                    + """
                    , done as (
                        insert into simulator_payment (idempotency_key, merchant_id, session_id,
                            amount, currency, manual_capture, status, reference, shopper_token,
                            created_at, updated_at)
                        select :key, :merchant_id, :session_id, :amount, :currency, :manual_capture,
                            :status, :reference, :shopper_token, :now, :now
                        where
                    """
                    + GOES_ON
                    + """
                        on conflict (idempotency_key) do update set
                            updated_at = excluded.updated_at,
                            status = case when simulator_payment.status = 'AWAITING_CARD'
                                then excluded.status else simulator_payment.status end
                        returning status, decline_code, reference, shopper_token
                    )
                    """
                    + ANSWER;

    static final String FIND =
            "with "
                    + FaultScript.NEXT
                    + """
                    , done as (
                        select status, decline_code, reference, shopper_token from simulator_payment
                        where idempotency_key = :key
                    )
                    """
                    + ANSWER;

    /**
     * Never more than was collected: the payment's own row keeps the sum. What is only held, and
     * nothing of it collected, may be given back whole.
     */
    static final String REFUND =
            "with "
                    + FaultScript.NEXT
                    + """
                    , known as (
                        select reference from simulator_refund where idempotency_key = :key
                    ),
                    payment as (
                        update simulator_payment set refunded_amount = refunded_amount + :amount,
                            updated_at = :now
                        where idempotency_key = :payment_key and status = 'APPROVED'
                            and refunded_amount + :amount <= case
                                when manual_capture and captured_amount > 0 then captured_amount
                                else amount - released_amount end
                            and not exists (select from known) and
                    """
                    + GOES_ON
                    + """
                        returning idempotency_key
                    ),
                    made as (
                        insert into simulator_refund (idempotency_key, payment_key, amount,
                            reference, created_at)
                        select :key, idempotency_key, :amount, :reference, :now from payment
                        returning reference
                    ),
                    done as (select reference from known union all select reference from made)
                    """
                    + ANSWER;

    static final String FIND_REFUND =
            "with "
                    + FaultScript.NEXT
                    + """
                    , done as (
                        select reference from simulator_refund where idempotency_key = :key
                    )
                    """
                    + ANSWER;

    /** Never more than is held: the payment's own row keeps the sums. */
    static final String CHANGE =
            "with "
                    + FaultScript.NEXT
                    + """
                    , known as (
                        select reference from simulator_hold_change where idempotency_key = :key
                    ),
                    payment as (
                        update simulator_payment
                        set captured_amount = captured_amount + :captured,
                            released_amount = case when :kind = 'RELEASE'
                                then amount - captured_amount else released_amount end,
                            updated_at = :now
                        where idempotency_key = :payment_key and status = 'APPROVED'
                            and manual_capture
                            and captured_amount + released_amount + :captured <= amount
                            and not exists (select from known) and
                    """
                    + GOES_ON
                    + """
                        returning idempotency_key
                    ),
                    made as (
                        insert into simulator_hold_change (idempotency_key, payment_key, kind, amount,
                            reference, created_at)
                        select :key, idempotency_key, :kind, :captured, :reference, :now from payment
                        returning reference
                    ),
                    done as (select reference from known union all select reference from made)
                    """
                    + ANSWER;

    static final String FIND_CHANGE =
            "with "
                    + FaultScript.NEXT
                    + """
                    , done as (
                        select reference from simulator_hold_change where idempotency_key = :key
                    )
                    """
                    + ANSWER;

    private AcquirerSql() {}

    /** The parameter {@code not_done}: the faults with which a call does nothing. */
    static String[] notDone() {
        return NOT_DONE.clone();
    }
}
