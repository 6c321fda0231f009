-- Answers to requests that carried an idempotency key, kept for 24 hours. An answer is written in the
-- transaction of its effect; status is null only while a request of several steps is under way.
create table idempotency (
    merchant_id  text        not null,
    key          text        not null,
    request_hash text        not null, -- SHA-256 of method, path, query and body, in hex
    status       integer,
    body         text,                 -- sealed with the master key, in base64
    started_at   timestamptz not null,
    primary key (merchant_id, key)
);
create index idempotency_started on idempotency (started_at);
