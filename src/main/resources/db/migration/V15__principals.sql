-- Who does something, whether they may, and the record of it.

alter table merchant
    add column country             text check (country ~ '^[A-Z]{2}$'),
    add column currencies          text[] not null default '{}', -- empty: any
    add column organisation_number text,
    add column receipt_address     text, -- as it stands on receipts, in lines
    add column disabled_at         timestamptz;

alter table api_key
    add column name              text,
    add column permissions       text[],     -- null: all that the API has
    add column expires_at        timestamptz,
    add column last_used_at      timestamptz, -- written some seconds later
    add column last_used_address text;
create index api_key_of_merchant on api_key (merchant_id, created_at);

alter table portal_user
    add column role        text not null default 'OWNER'
        check (role in ('OWNER', 'DEVELOPER', 'MANAGER', 'ACCOUNTANT', 'SUPPORT', 'CLERK')),
    add column disabled_at timestamptz,
    alter column password_hash drop not null; -- null: invited, and not come yet
create index portal_user_of_merchant on portal_user (merchant_id, created_at);

-- A link that makes somebody a user, or gives one a new password; used once.
create table invitation (
    token_hash  text        primary key, -- SHA-256 of the token in the link, in hex
    merchant_id text        not null references merchant,
    user_name   text        not null references portal_user,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index invitation_of_user on invitation (user_name);

-- The audit log: who changed what of money or access. Written in the statement of the change.
create table audit_entry (
    audit_id       bigint      generated always as identity primary key,
    at             timestamptz not null default clock_timestamp(),
    merchant_id    text,       -- null: of no merchant
    actor          text        not null, -- kind:name
    action         text        not null,
    subject        text        not null, -- the id of what was changed
    before         json,
    after          json,
    address        text,
    correlation_id text
);
create index audit_of_merchant on audit_entry (merchant_id, audit_id);

create function audit_is_kept() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is kept as it is';
end $$;
create trigger audit_is_kept before update or delete on audit_entry
    for each row execute function audit_is_kept();
create trigger audit_is_not_emptied before truncate on audit_entry
    for each statement execute function audit_is_kept();
