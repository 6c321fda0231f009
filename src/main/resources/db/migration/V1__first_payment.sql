-- Kassa's tables. Every table of a merchant's things carries merchant_id, and every query of one
-- names it first. Status columns are text with a CHECK: the words of the wire, readable in psql.

create table merchant (
    merchant_id         text        primary key,
    name                text        not null,
    session_ttl_seconds integer     check (session_ttl_seconds > 0), -- null: the deployment's
    created_at          timestamptz not null
);

create table api_key (
    key_hash    text        primary key, -- SHA-256 of the whole key, in hex
    merchant_id text        not null references merchant,
    username    text        not null unique,
    created_at  timestamptz not null,
    revoked_at  timestamptz
);

create table portal_user (
    user_name     text        primary key,
    merchant_id   text        not null references merchant,
    password_hash text        not null, -- bcrypt
    created_at    timestamptz not null
);

create table location (
    location_id     uuid        primary key,
    merchant_id     text        not null references merchant,
    name            text        not null,
    street_address  text,
    street_address2 text,
    postal_code     text,
    city            text,
    country         text        check (country ~ '^[A-Z]{2}$'),
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
create index location_of_merchant on location (merchant_id, created_at);

create table cash_register (
    cash_register_id bigint      generated always as identity primary key,
    merchant_id      text        not null references merchant,
    location_id      uuid        not null references location,
    name             text        not null,
    created_at       timestamptz not null
);

create table enrollment (
    enrollment_id uuid        primary key,
    merchant_id   text        not null references merchant,
    location_id   uuid        not null references location,
    code          text        not null, -- short ones in upper case, UUIDs in lower
    status        text        not null check (status in ('PENDING', 'CONSUMED', 'CANCELLED')),
    metadata      jsonb       not null,
    created_at    timestamptz not null,
    expires_at    timestamptz not null  -- a PENDING one past it reads as EXPIRED
);
create unique index enrollment_pending_code on enrollment (code) where status = 'PENDING';
create index enrollment_of_merchant on enrollment (merchant_id, created_at desc);

create table device (
    device_id       uuid        primary key,
    merchant_id     text        not null references merchant,
    location_id     uuid        references location,
    hardware_id     text        not null,
    name            text        not null,
    platform        text        not null check (platform in ('IOS', 'ANDROID', 'TERMINAL')),
    metadata        jsonb       not null,
    simulated       boolean     not null, -- decided at registration, for good
    push_token      text,
    token_hash      text        not null unique, -- SHA-256 of the bearer token, in hex
    token_issued_at timestamptz not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    deregistered_at timestamptz
);
create unique index device_hardware on device (merchant_id, hardware_id) where deregistered_at is null;
create index device_of_merchant on device (merchant_id, created_at desc) where deregistered_at is null;

-- A payment request for a device. attempt_id names the payment in flight, so that one row says
-- whether a cancel or an expiry may take the session: a guard PostgreSQL rechecks under a race.
create table session (
    session_id            uuid        primary key,
    merchant_id           text        not null,
    device_id             uuid        not null,
    location_id           uuid        not null,
    status                text        not null,
    order_amount          bigint      not null check (order_amount > 0), -- minor units
    order_tax_amount      integer     not null,
    purchase_currency     text        not null check (purchase_currency ~ '^[A-Z]{3}$'),
    purchase_started_at   timestamptz not null,
    purchase_completed_at timestamptz,
    order_items           json        not null, -- json, not jsonb: read back as written
    merchant_reference1   text,
    merchant_reference2   text,
    merchant_data         text,
    attempt_id            uuid,
    order_id              uuid,
    created_at            timestamptz not null,
    updated_at            timestamptz not null,
    expires_at            timestamptz not null,
    constraint session_status
        check (status in ('CREATED', 'ACTIVE', 'FINALIZED', 'CANCELLED', 'EXPIRED', 'FAILED')),
    constraint session_order_iff_finalized check ((status = 'FINALIZED') = (order_id is not null)),
    constraint session_attempt_only_active check (attempt_id is null or status = 'ACTIVE')
);
create unique index session_one_active on session (device_id) where status = 'ACTIVE';
create index session_open on session (device_id, created_at) where status in ('CREATED', 'ACTIVE');
create index session_due on session (expires_at) where status in ('CREATED', 'ACTIVE');

-- The intent to collect, committed before the provider hears of it; its id is the provider's
-- idempotency key. PENDING covers everything the provider has not decided, "unknown" included.
create table attempt (
    attempt_id         uuid        primary key,
    merchant_id        text        not null,
    session_id         uuid        not null references session,
    device_id          uuid        not null,
    method             text        not null,
    provider           text        not null,
    amount             bigint      not null check (amount > 0),
    currency           text        not null,
    status             text        not null
        check (status in ('PENDING', 'APPROVED', 'DECLINED', 'FAILED', 'CANCELLED')),
    failure_reason     text,
    provider_reference text,
    created_at         timestamptz not null,
    settled_at         timestamptz,
    gives_up_at        timestamptz not null, -- the session's expires_at
    check_at           timestamptz not null, -- when the reconciler asks the provider next
    checks             integer     not null default 0,
    constraint attempt_settled check ((status = 'PENDING') = (settled_at is null))
);
create index attempt_of_session on attempt (session_id, created_at);
create unique index attempt_one_pending on attempt (session_id) where status = 'PENDING';
create unique index attempt_one_approved on attempt (session_id) where status = 'APPROVED';
create index attempt_due on attempt (check_at) where status = 'PENDING';

-- What a provider said after the attempt was settled, where it contradicts: kept, never applied.
create table late_answer (
    late_answer_id     bigint      generated always as identity primary key,
    merchant_id        text        not null,
    attempt_id         uuid        not null references attempt,
    status             text        not null,
    failure_reason     text,
    provider_reference text,
    received_at        timestamptz not null
);
create index late_answer_of_attempt on late_answer (attempt_id);

create table orders (
    order_id            uuid        primary key,
    merchant_id         text        not null,
    session_id          uuid        not null unique references session,
    attempt_id          uuid        not null unique references attempt,
    order_amount        bigint      not null check (order_amount > 0),
    order_tax_amount    integer     not null,
    purchase_currency   text        not null,
    order_lines         json        not null,
    merchant_reference1 text,
    merchant_reference2 text,
    merchant_data       text,
    payment_method      text        not null,
    created_at          timestamptz not null
);

create table capture (
    capture_id      uuid        primary key,
    merchant_id     text        not null,
    order_id        uuid        not null references orders,
    captured_amount bigint      not null check (captured_amount > 0),
    captured_at     timestamptz not null
);
create index capture_of_order on capture (order_id);

-- The event log: one row for each committed change, written in the change's own statement. A device
-- reads its own rows by seq; they are its inbox. Writers lock the device row before drawing a seq, so
-- along one device seq grows in the order of commit and a reader at seq n has missed nothing below n.
create table event (
    event_id    text        primary key,
    seq         bigint      generated always as identity,
    merchant_id text        not null,
    type        text        not null,
    session_id  uuid        not null,
    device_id   uuid        not null,
    body        text        not null, -- the webhook envelope, fixed once
    occurred_at timestamptz not null
);
create index event_of_device on event (device_id, seq);
create index event_of_merchant on event (merchant_id, seq);
create index event_of_session on event (session_id);

create table destination (
    destination_id uuid        primary key,
    merchant_id    text        not null references merchant,
    name           text        not null,
    url            text        not null,
    event_types    text[],     -- null: every documented type
    secret         text        not null, -- sealed with the master key, in base64
    enabled        boolean     not null,
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    unique (merchant_id, name)
);

-- One row for each event and destination subscribed when it happened, written in the event's own
-- statement. The row is the queue, the log and the audit; due_at doubles as the lease of a claim.
create table delivery (
    event_id       text        not null references event,
    destination_id uuid        not null references destination on delete cascade,
    merchant_id    text        not null,
    status         text        not null check (status in ('PENDING', 'DELIVERED', 'FAILED')),
    attempts       integer     not null default 0,
    due_at         timestamptz not null,
    created_at     timestamptz not null,
    last_status    integer,
    last_error     text,
    finished_at    timestamptz,
    primary key (event_id, destination_id)
);
create index delivery_due on delivery (due_at) where status = 'PENDING';

-- The simulator's own records, as a remote provider would keep them. Only the simulator touches it.
create table simulator_payment (
    idempotency_key uuid        primary key,
    amount          bigint      not null,
    currency        text        not null,
    status          text        not null
        check (status in ('AWAITING_CARD', 'APPROVED', 'DECLINED', 'FAILED', 'CANCELLED')),
    decline_code    text,
    reference       text        not null,
    created_at      timestamptz not null,
    updated_at      timestamptz not null
);
