-- The authenticator app of a user (RFC 6238).
create table portal_totp (
    user_name     text        primary key references portal_user,
    sealed_secret text        not null,
    created_at    timestamptz not null,
    last_step     bigint      not null  -- of the newest code that was taken: none is taken twice
);

-- What a user who has lost the app can sign in with, each once.
create table portal_recovery_code (
    user_name  text        not null references portal_user,
    code_hash  text        not null,    -- SHA-256, in hex
    created_at timestamptz not null,
    used_at    timestamptz,
    primary key (user_name, code_hash)
);

-- awaits_factor: only the password was right so far, and nothing is open.
-- confirmed_at: when the user last showed who they are.
alter table portal_session
    add awaits_factor boolean not null default false,
    add confirmed_at timestamptz;
update portal_session set confirmed_at = created_at;
alter table portal_session alter confirmed_at set not null;
