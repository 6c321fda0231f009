-- The webhook engine: lanes, an attempt log, rotation of secrets, and a cursor over the event log.

alter table destination
    add column disabled_reason        text,        -- null: enabled, or disabled by the merchant
    add column secret_revealed_at     timestamptz, -- null: the secret may still be revealed
    add column previous_secret        text,        -- sealed; signs too until previous_secret_until
    add column previous_secret_until  timestamptz;

-- Servers that deliver. One that was not seen for the length of a lease has lost its lanes.
create table webhook_node (
    node_id uuid        primary key,
    seen_at timestamptz not null
);

-- One lane for each destination, worked by one server at a time. Written only when the owner or the
-- circuit changes, so that deliveries cost nothing here. An open circuit is resume_at: until then
-- nobody looks at the lane's deliveries, however many there are.
create table lane (
    destination_id uuid        primary key references destination on delete cascade,
    owner          uuid,       -- null, or a webhook_node
    openings       integer     not null default 0, -- of the circuit, since the last success
    resume_at      timestamptz -- null: closed
);
insert into lane (destination_id) select destination_id from destination;

-- A delivery is numbered as its event. No foreign keys: the row is written in the event's own
-- statement from the rows it would refer to, and checking them again locks the destination's row on
-- each event. step counts the failed tries since the delivery was queued: 0 is sent in order of seq,
-- the others when due_at has come.
alter table delivery
    drop constraint delivery_pkey,
    drop constraint delivery_event_id_fkey,
    drop constraint delivery_destination_id_fkey,
    add column seq  bigint,
    add column step integer not null default 0;
alter table delivery rename column created_at to queued_at;
update delivery set seq = event.seq, step = attempts from event where event.event_id = delivery.event_id;
alter table delivery alter column seq set not null, add primary key (destination_id, seq);
drop index delivery_due;
create index delivery_first on delivery (destination_id, seq) where status = 'PENDING' and step = 0;
create index delivery_again on delivery (destination_id, due_at) where status = 'PENDING' and step > 0;
alter table delivery set
    (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.1);

-- What came of each try; kept as long as KASSA_WEBHOOK_LOG_RETENTION says.
create table delivery_attempt (
    destination_id uuid        not null,
    seq            bigint      not null,
    started_at     timestamptz not null,
    merchant_id    text        not null,
    duration_ms    integer     not null,
    status         integer,    -- of HTTP; null when there was no answer
    error          text,
    answer         text        not null, -- its first 4 KiB
    primary key (destination_id, seq, started_at)
);
create index delivery_attempt_by_time on delivery_attempt using brin (started_at);

-- A reader that follows the log by (xid, seq) up to the oldest transaction still under way misses
-- nothing: seq alone is drawn before the commit, and so has gaps that are filled later.
alter table event
    add column xid xid8 not null default pg_current_xact_id(),
    alter column session_id drop not null, -- a test event is of no session
    alter column device_id drop not null;
drop index event_of_merchant;
create index event_of_merchant on event (merchant_id, xid, seq);
create index event_by_time on event using brin (occurred_at);
