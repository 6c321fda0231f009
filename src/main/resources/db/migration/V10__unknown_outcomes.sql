-- Operations at providers whose outcome nobody knows: since when, what was heard last, and how a person
-- settled one.

-- The same columns in each of the three tables of such operations.
alter table attempt
    add unanswered_since timestamptz, -- since when the provider owes an answer; null while it waits for the shopper
    add unknown_told_at  timestamptz, -- when kassa.operation.unknown was logged
    add last_answer      text;        -- what came of the newest check
alter table refund
    add unanswered_since timestamptz,
    add unknown_told_at  timestamptz,
    add last_answer      text;
alter table order_movement
    add provider         text not null default '', -- of the payment; empty if an older version wrote the row
    add unanswered_since timestamptz,
    add unknown_told_at  timestamptz,
    add last_answer      text;
update order_movement set provider = attempt.provider
    from orders join attempt using (attempt_id)
    where orders.order_id = order_movement.order_id and order_movement.status = 'PENDING';

-- What is due is claimed for each provider by itself: one that hangs must not stand before the others.
drop index attempt_due;
create index attempt_due on attempt (provider, check_at) where status = 'PENDING';
drop index refund_due;
create index refund_due on refund (provider, check_at) where status = 'PENDING';
drop index order_movement_due;
create index order_movement_due on order_movement (provider, check_at) where status = 'PENDING';

create index attempt_unanswered on attempt (unanswered_since)
    where status = 'PENDING' and unanswered_since is not null;
create index refund_unanswered on refund (unanswered_since)
    where status = 'PENDING' and unanswered_since is not null;
create index order_movement_unanswered on order_movement (unanswered_since)
    where status = 'PENDING' and unanswered_since is not null;

-- All that is asked of providers, for whoever looks at it without changing it.
create view provider_operation as
    select attempt_id as id, 'PAYMENT' as kind, merchant_id, session_id, device_id,
        null::uuid as order_id, provider, amount, currency, status, created_at, settled_at, checks,
        unanswered_since, unknown_told_at, last_answer
    from attempt
    union all
    select refund_id, 'REVERSAL', merchant_id, session_id, device_id, null, provider, amount, currency,
        status, created_at, settled_at, checks, unanswered_since, unknown_told_at, last_answer
    from refund
    union all
    select movement_id, m.kind, m.merchant_id, orders.session_id, orders.device_id, order_id,
        attempt.provider, m.amount, orders.purchase_currency, m.status, m.created_at, m.settled_at,
        m.checks, m.unanswered_since, m.unknown_told_at, m.last_answer
    from order_movement m join orders using (order_id) join attempt using (attempt_id);

-- A person's word on an operation that its provider would not tell of. Kept for ever, and never changed.
create table resolution (
    operation_id uuid        primary key, -- settled once, so resolved once
    merchant_id  text        not null,
    kind         text        not null
        check (kind in ('PAYMENT', 'REVERSAL', 'CAPTURE', 'REFUND', 'RELEASE')),
    session_id   uuid        not null,
    resolved_as  text        not null check (resolved_as in ('PAID', 'DECLINED', 'FAILED', 'CANCELLED',
        'REFUNDED', 'REFUSED', 'CAPTURED', 'RELEASED')),
    reference    text, -- the provider's
    resolved_by  text        not null,
    why          text        not null,
    evidence     text,
    resolved_at  timestamptz not null
);
create index resolution_of_session on resolution (session_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are kept for ever and never changed', tg_table_name;
end $$;
create trigger resolution_kept before update or delete on resolution
    for each row execute function refuse_change();
create trigger resolution_not_emptied before truncate on resolution
    for each statement execute function refuse_change();

-- What a provider said of a reversal, a capture, a refund or a release after it was settled, where it
-- contradicts: kept, never applied. That of a payment is in late_answer.
create table late_operation_answer (
    operation_id uuid        not null,
    status       text        not null,
    kind         text        not null check (kind in ('REVERSAL', 'CAPTURE', 'REFUND', 'RELEASE')),
    merchant_id  text        not null,
    session_id   uuid        not null,
    detail       text, -- the provider's reference or reason
    received_at  timestamptz not null,
    primary key (operation_id, status)
);
create index late_operation_answer_of_session on late_operation_answer (session_id);
