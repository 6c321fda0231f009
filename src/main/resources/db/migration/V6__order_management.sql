-- Order Management: what happens after the sale.

-- Whether a merchant's sales are only authorized at the till and captured later through the API. The
-- choice is fixed for a session when it is made, and for a payment when its provider can do it.
alter table merchant add manual_capture boolean not null default false;
alter table session add manual_capture boolean not null default false;
alter table attempt
    add manual_capture boolean not null default false,
    add card_brand     text,
    add card_last4     text check (card_last4 ~ '^[0-9]{4}$'),
    add constraint attempt_card check ((card_brand is null) = (card_last4 is null));

-- The amounts of an order stand in its own row, so that one row says what may still be captured or
-- refunded: a guard PostgreSQL rechecks under a race. What was asked of the provider and is not yet
-- confirmed counts as done, and is taken back if the provider refuses.
alter table orders
    add device_id              uuid,
    add location_id            uuid,
    add manual_capture         boolean not null default false,
    add original_order_amount  bigint,
    add captured_amount        bigint  not null default 0,
    add capture_pending_amount bigint  not null default 0, -- the part of captured not yet confirmed
    add refunded_amount        bigint  not null default 0,
    add released_amount        bigint  not null default 0,
    add expires_at             timestamptz, -- nothing can be captured from then on
    add billing_address        jsonb,
    add shipping_address       jsonb,
    add shipping_info          jsonb   not null default '[]',
    add receipt_token          text,
    add updated_at             timestamptz;
update orders set device_id = session.device_id, location_id = session.location_id,
    original_order_amount = orders.order_amount, expires_at = orders.created_at + interval '28 days',
    captured_amount = coalesce(
        (select sum(capture.captured_amount) from capture where capture.order_id = orders.order_id), 0),
    receipt_token = replace(gen_random_uuid()::text, '-', ''), updated_at = orders.created_at
    from session where session.session_id = orders.session_id;
alter table orders
    alter device_id set not null,
    alter location_id set not null,
    alter original_order_amount set not null,
    alter expires_at set not null,
    alter receipt_token set not null,
    alter updated_at set not null,
    add constraint orders_within_authorized
        check (order_amount <= original_order_amount and captured_amount >= 0 and released_amount >= 0
            and captured_amount + released_amount <= order_amount),
    add constraint orders_pending_is_part_of_captured
        check (capture_pending_amount between 0 and captured_amount),
    add constraint orders_refunded_within_captured
        check (refunded_amount between 0 and captured_amount - capture_pending_amount);
create unique index orders_receipt on orders (receipt_token);

-- Money of an order that is captured, given back or let go: committed before the provider hears of it,
-- its id is the provider's idempotency key. A capture at finalization is DONE from the start.
create table order_movement (
    movement_id        uuid        primary key,
    merchant_id        text        not null,
    order_id           uuid        not null references orders,
    kind               text        not null check (kind in ('CAPTURE', 'REFUND', 'RELEASE')),
    amount             bigint      not null check (amount > 0),
    status             text        not null check (status in ('PENDING', 'DONE', 'REFUSED')),
    failure_reason     text,
    provider_reference text,
    idempotency_key    text, -- of the request that asked for it; forgotten after a day
    description        text,
    reference          text,
    order_lines        json,
    billing_address    jsonb,
    shipping_address   jsonb,
    shipping_info      jsonb       not null default '[]',
    created_at         timestamptz not null,
    settled_at         timestamptz,
    check_at           timestamptz not null, -- when the provider is asked next
    checks             integer     not null default 0,
    constraint order_movement_settled check ((status = 'PENDING') = (settled_at is null))
);
create index order_movement_of_order on order_movement (order_id, created_at);
create index order_movement_due on order_movement (check_at) where status = 'PENDING';
create unique index order_movement_once on order_movement (merchant_id, idempotency_key);

insert into order_movement (movement_id, merchant_id, order_id, kind, amount, status, created_at,
        settled_at, check_at)
    select capture_id, merchant_id, order_id, 'CAPTURE', captured_amount, 'DONE', captured_at,
        captured_at, captured_at
    from capture;
drop table capture;

-- Headers that a repeated request is answered with again: {"Location": "…"}.
alter table idempotency add headers jsonb;

-- The simulated acquirer can authorize first and collect later.
alter table simulator_payment
    add manual_capture  boolean not null default false,
    add captured_amount bigint  not null default 0, -- of a manual capture; else the whole is
    add released_amount bigint  not null default 0,
    add constraint simulator_payment_captured
        check (captured_amount >= 0 and released_amount >= 0
            and captured_amount + released_amount <= amount);

create table simulator_hold_change (
    idempotency_key uuid        primary key,
    payment_key     uuid        not null references simulator_payment,
    kind            text        not null check (kind in ('CAPTURE', 'RELEASE')),
    amount          bigint      not null check (amount >= 0),
    reference       text        not null,
    created_at      timestamptz not null
);
create index simulator_hold_change_of_payment on simulator_hold_change (payment_key);

alter table simulator_fault drop constraint simulator_fault_call_check;
alter table simulator_fault add constraint simulator_fault_call_check
    check (call in ('START', 'LOOKUP', 'CANCEL', 'REFUND', 'CAPTURE', 'RELEASE'));
