-- The device channel: who is connected where, and what became of a session on its way to the screen.
-- Kept apart from device and session, whose rows are locked by every payment.

-- Numbers streams: of two streams of one device the higher number is the newer one, on whichever node.
create sequence device_stream_no;

-- A running server. It writes alive_at every few seconds for all its streams together, so that an
-- open stream costs no write of its own.
create table node (
    node_id    uuid        primary key,
    started_at timestamptz not null,
    alive_at   timestamptz not null
);

create table device_presence (
    device_id    uuid        primary key,
    merchant_id  text        not null,
    stream_no    bigint      not null, -- the newest stream, open or not
    node_id      uuid,                 -- where it is open, if that node is alive; null once closed
    connected_at timestamptz not null,
    last_seen_at timestamptz not null  -- while a stream is open: its node's alive_at counts instead
);
create index device_presence_of_node on device_presence (node_id) where node_id is not null;

create table session_push (
    session_id  uuid        primary key,
    merchant_id text        not null,
    woken_at    timestamptz, -- a push notification was sent for it
    pushed_at   timestamptz, -- first written to the device's stream
    shown_at    timestamptz  -- first shown, says the device
);

-- Opens the page on which a simulated shopper pays; null where a card is to be tapped.
alter table simulator_payment add shopper_token text;
create unique index simulator_payment_shopper on simulator_payment (shopper_token);
