-- The keys that seal secrets, encrypted by the master key. A server whose master key does not open
-- them is refused at its start.
create table key_ring (
    only_row       boolean     primary key default true check (only_row),
    version        bigint      not null default 1, -- another one after each change
    data_keys      text        not null,
    tag_key        text        not null,
    data_key_since timestamptz not null default now()
);

-- Until the next release the table master_key_check stays: it says whose master key sealed what was
-- sealed before there was a ring. The first server with a ring empties it.
