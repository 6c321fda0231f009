-- Whatever does not come out even once nothing is open, in words. CrashTest and scripts/failover ask it.
select 'session ' || session_id || ' is ' || status from session s
where status in ('CREATED', 'ACTIVE')
    or (select count(*) from simulator_payment p where p.session_id = s.session_id
        and p.status = 'APPROVED' and p.refunded_amount = 0)
        <> (status = 'FINALIZED')::int
    or (select count(*) from orders o where o.session_id = s.session_id)
        <> (status = 'FINALIZED')::int
    or (select count(*) from orders o join order_movement using (order_id)
        where o.session_id = s.session_id) <> (status = 'FINALIZED')::int
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type = 'ipp.session.created') <> 1
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type = 'ipp.session.activated')
        <> exists (select from attempt a where a.session_id = s.session_id)::int
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type in ('ipp.session.finalized', 'ipp.session.cancelled',
            'ipp.session.expired', 'ipp.session.failed')) <> 1
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type in ('order.created', 'capture.created'))
        <> 2 * (status = 'FINALIZED')::int
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type = 'ipp.payment.failed')
        <> (select count(*) from attempt a where a.session_id = s.session_id
            and a.status in ('DECLINED', 'FAILED'))
    or (select count(*) from event e where e.session_id = s.session_id
        and e.type = 'ipp.payment.cancelled')
        <> (select count(*) from attempt a where a.session_id = s.session_id
            and a.status = 'CANCELLED')
union all
select 'attempt ' || attempt_id || ' is pending' from attempt where status = 'PENDING'
union all
select 'refund ' || refund_id || ' is pending' from refund where status = 'PENDING'
