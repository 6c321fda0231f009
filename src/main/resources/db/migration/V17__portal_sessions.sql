-- Where users are signed in to the portal, on any server of the database.
create table portal_session (
    token_hash        text        primary key, -- SHA-256 of the cookie's token, in hex
    portal_session_id uuid        not null unique,
    user_name         text        not null references portal_user,
    created_at        timestamptz not null,
    seen_at           timestamptz not null,    -- at most a minute late
    expires_at        timestamptz not null,    -- whatever is done with it
    address           text        not null,
    user_agent        text        not null
);
create index portal_session_of_user on portal_session (user_name);

-- The portal's list of a merchant's sessions, newest first.
create index session_of_merchant on session (merchant_id, session_id desc);
