-- A user's passkeys (WebAuthn), each a second factor.
create table portal_passkey (
    credential_id      bytea       primary key, -- as the authenticator named it
    passkey_id         uuid        not null unique,
    user_name          text        not null references portal_user,
    user_handle        bytea       not null,    -- what the authenticator calls the user: random
    label              text        not null,    -- what the user calls it
    attestation_object bytea       not null,    -- has the public key
    transports         text[]      not null,
    signature_count    bigint      not null,    -- of the newest signature; 0: it does not count
    created_at         timestamptz not null,
    last_used_at       timestamptz
);
create index portal_passkey_of_user on portal_passkey (user_name);

-- What a browser is to have signed, once and soon: by a passkey that it makes, or by one of the
-- user's. A new one takes the place of the one before.
create table portal_passkey_challenge (
    portal_session_id uuid        not null
        references portal_session (portal_session_id) on delete cascade,
    makes             boolean     not null,
    challenge         bytea       not null,
    user_handle       bytea,                    -- of the passkey that is made
    expires_at        timestamptz not null,
    primary key (portal_session_id, makes),
    check (makes = (user_handle is not null))
);
