-- Money on its way back: the intent is committed before the provider hears of it, and its id is the
-- provider's idempotency key, as with attempts.
create table refund (
    refund_id          uuid        primary key,
    merchant_id        text        not null,
    attempt_id         uuid        not null references attempt,
    session_id         uuid        not null,
    device_id          uuid        not null,
    provider           text        not null,
    amount             bigint      not null check (amount > 0),
    currency           text        not null,
    status             text        not null check (status in ('PENDING', 'REFUNDED', 'REFUSED')),
    failure_reason     text,
    provider_reference text,
    created_at         timestamptz not null,
    settled_at         timestamptz,
    check_at           timestamptz not null, -- when the reconciler asks the provider next
    checks             integer     not null default 0,
    constraint refund_settled check ((status = 'PENDING') = (settled_at is null))
);
create index refund_due on refund (check_at) where status = 'PENDING';
-- An approval nobody could take any more is given back once, however often the provider repeats it.
create unique index refund_of_attempt on refund (attempt_id);

-- A provider that repeats a contradiction is written down once.
create unique index late_answer_once on late_answer (attempt_id, status);
drop index late_answer_of_attempt;

-- The simulated acquirer's further records: whose payments they are, refunds, and the faults that the
-- playground asked it to have, one row for each call that will go wrong.
alter table simulator_payment
    add merchant_id text,
    add session_id  uuid,
    add refunded_amount bigint not null default 0 check (refunded_amount between 0 and amount);

create table simulator_refund (
    idempotency_key uuid        primary key,
    payment_key     uuid        not null references simulator_payment,
    amount          bigint      not null check (amount > 0),
    reference       text        not null,
    created_at      timestamptz not null
);
create index simulator_refund_of_payment on simulator_refund (payment_key);

create table simulator_fault (
    fault_id    bigint generated always as identity primary key,
    merchant_id text   not null,
    session_id  uuid,  -- null: whichever session of the merchant calls next
    call        text   check (call in ('START', 'LOOKUP', 'CANCEL', 'REFUND')), -- null: any call
    fault       text   not null check (fault in ('LATE', 'LOST_REQUEST', 'LOST_REPLY', 'SERVER_ERROR',
        'SERVER_ERROR_AFTER', 'GARBAGE')),
    delay_ms    integer not null
);
create index simulator_fault_next on simulator_fault (merchant_id, fault_id);

-- In the order in which the expiry walks, past those that a payment in flight holds.
drop index session_due;
create index session_due on session (expires_at, session_id)
    where status in ('CREATED', 'ACTIVE') and attempt_id is null;
