-- What only the master key makes. A server with another key could read nothing that the others
-- sealed, so it is refused at its start.
create table master_key_check (
    only_row    boolean     primary key default true check (only_row),
    fingerprint text        not null,
    since       timestamptz not null default now()
);
