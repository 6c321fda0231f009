package dev.kassa.invariants;

/** What the database holds of the sessions of a merchant. */
final class PaymentQueries {
    private PaymentQueries() {}

    /**
     * In words, as the model says it. When a provider has owed an answer for so long that this is
     * told is not the model's; see {@code UnknownOutcomeTest}.
     */
    static final String STATE =
            """
            select session_id::text, status || case when attempt_id is null then '' else ' in flight' end
                || ' orders=' || (select count(*) from orders o where o.session_id = s.session_id)
                || ' captures=' || (select count(*) from orders o join order_movement using (order_id)
                    where o.session_id = s.session_id)
                || ' [' || coalesce((select string_agg(a.status || '/' || coalesce(p.status, 'NONE')
                    || '/' || case when p.refunded_amount = p.amount then 'back' else '-' end
                    || '/' || coalesce((select string_agg(l.status, '+' order by l.status)
                        from late_answer l where l.attempt_id = a.attempt_id), '-')
                    || '/' || coalesce((select r.status from refund r
                        where r.attempt_id = a.attempt_id
                        order by refund_id desc limit 1), '-'),
                    ', ' order by a.created_at, a.attempt_id)
                from attempt a left join simulator_payment p on idempotency_key = attempt_id
                where a.session_id = s.session_id), '')
                || '] ' || (select string_agg(type, ' ' order by seq) from event e
                    where e.session_id = s.session_id
                        and type <> 'kassa.operation.unknown') as words
            from session s where merchant_id = ? order by created_at, session_id
            """;

    /** Sessions that break an invariant, found without the model. Must be empty. */
    static final String BROKEN =
            """
            select session_id::text from session s
            where merchant_id = ? and (
                (select count(*) from attempt a where a.session_id = s.session_id
                    and a.status = 'APPROVED') <> (status = 'FINALIZED')::int
                or (select count(*) from attempt a where a.session_id = s.session_id
                    and a.status = 'PENDING') <> (attempt_id is not null)::int
                or (select count(*) from orders o where o.session_id = s.session_id)
                    <> (status = 'FINALIZED')::int
                or (select count(*) from event e where e.session_id = s.session_id
                    and type in ('ipp.session.finalized', 'ipp.session.cancelled',
                        'ipp.session.expired', 'ipp.session.failed'))
                    <> (status not in ('CREATED', 'ACTIVE'))::int
                or (select count(*) from event e where e.session_id = s.session_id
                    and type = 'kassa.operation.unknown')
                    > (select count(*) from attempt a where a.session_id = s.session_id)
                        + (select count(*) from refund r where r.session_id = s.session_id)
                        + (select count(*) from orders o join order_movement using (order_id)
                            where o.session_id = s.session_id)
                or (select count(*) from attempt a join simulator_payment p
                        on idempotency_key = attempt_id
                    where a.session_id = s.session_id and p.refunded_amount > p.amount) > 0)
            """;

    /** Sessions whose money does not come out even once all is told. Must be empty. */
    static final String UNEVEN =
            """
            select session_id::text from session s
            where merchant_id = ? and (status in ('CREATED', 'ACTIVE')
                or (select count(*) from attempt a join simulator_payment p
                        on idempotency_key = attempt_id
                    where a.session_id = s.session_id
                        and p.status = 'APPROVED' and p.refunded_amount = 0)
                    + (select count(*) from attempt a
                        join simulator_payment p on idempotency_key = attempt_id
                        where a.session_id = s.session_id and a.status = 'APPROVED'
                            and p.status <> 'APPROVED' and exists (select from late_answer l
                                where l.attempt_id = a.attempt_id))
                    <> (status = 'FINALIZED')::int
                or exists (select from refund r where r.session_id = s.session_id
                    and r.status = 'PENDING'))
            """;
}
