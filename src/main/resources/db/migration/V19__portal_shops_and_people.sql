-- What the portal's pages of locations, devices, codes, users and the audit log need.

-- Where a country keeps its time; of several zones that of its largest city.
create function time_zone_of(country text) returns text language sql immutable as $$
    select case country
        when 'AD' then 'Europe/Andorra'
        when 'AE' then 'Asia/Dubai'
        when 'AL' then 'Europe/Tirane'
        when 'AT' then 'Europe/Vienna'
        when 'AU' then 'Australia/Sydney'
        when 'AX' then 'Europe/Mariehamn'
        when 'BA' then 'Europe/Sarajevo'
        when 'BE' then 'Europe/Brussels'
        when 'BG' then 'Europe/Sofia'
        when 'BR' then 'America/Sao_Paulo'
        when 'BY' then 'Europe/Minsk'
        when 'CA' then 'America/Toronto'
        when 'CH' then 'Europe/Zurich'
        when 'CN' then 'Asia/Shanghai'
        when 'CY' then 'Asia/Nicosia'
        when 'CZ' then 'Europe/Prague'
        when 'DE' then 'Europe/Berlin'
        when 'DK' then 'Europe/Copenhagen'
        when 'EE' then 'Europe/Tallinn'
        when 'ES' then 'Europe/Madrid'
        when 'FI' then 'Europe/Helsinki'
        when 'FO' then 'Atlantic/Faroe'
        when 'FR' then 'Europe/Paris'
        when 'GB' then 'Europe/London'
        when 'GG' then 'Europe/Guernsey'
        when 'GI' then 'Europe/Gibraltar'
        when 'GL' then 'America/Nuuk'
        when 'GR' then 'Europe/Athens'
        when 'HK' then 'Asia/Hong_Kong'
        when 'HR' then 'Europe/Zagreb'
        when 'HU' then 'Europe/Budapest'
        when 'IE' then 'Europe/Dublin'
        when 'IL' then 'Asia/Jerusalem'
        when 'IM' then 'Europe/Isle_of_Man'
        when 'IN' then 'Asia/Kolkata'
        when 'IS' then 'Atlantic/Reykjavik'
        when 'IT' then 'Europe/Rome'
        when 'JE' then 'Europe/Jersey'
        when 'JP' then 'Asia/Tokyo'
        when 'KR' then 'Asia/Seoul'
        when 'LI' then 'Europe/Vaduz'
        when 'LT' then 'Europe/Vilnius'
        when 'LU' then 'Europe/Luxembourg'
        when 'LV' then 'Europe/Riga'
        when 'MC' then 'Europe/Monaco'
        when 'MD' then 'Europe/Chisinau'
        when 'ME' then 'Europe/Podgorica'
        when 'MK' then 'Europe/Skopje'
        when 'MT' then 'Europe/Malta'
        when 'MX' then 'America/Mexico_City'
        when 'NL' then 'Europe/Amsterdam'
        when 'NO' then 'Europe/Oslo'
        when 'NZ' then 'Pacific/Auckland'
        when 'PL' then 'Europe/Warsaw'
        when 'PT' then 'Europe/Lisbon'
        when 'RO' then 'Europe/Bucharest'
        when 'RS' then 'Europe/Belgrade'
        when 'SE' then 'Europe/Stockholm'
        when 'SG' then 'Asia/Singapore'
        when 'SI' then 'Europe/Ljubljana'
        when 'SK' then 'Europe/Bratislava'
        when 'SM' then 'Europe/San_Marino'
        when 'TH' then 'Asia/Bangkok'
        when 'TR' then 'Europe/Istanbul'
        when 'UA' then 'Europe/Kyiv'
        when 'US' then 'America/New_York'
        when 'VA' then 'Europe/Vatican'
        when 'ZA' then 'Africa/Johannesburg'
        else 'UTC' end
$$;

alter table location add column time_zone text; -- by the IANA database, such as Europe/Stockholm
update location set time_zone = time_zone_of(coalesce(location.country, merchant.country))
    from merchant where merchant.merchant_id = location.merchant_id;
alter table location alter column time_zone set not null;

-- Also for a server of the version before, which knows nothing of it.
create function location_has_time_zone() returns trigger language plpgsql as $$
begin
    new.time_zone := coalesce(new.time_zone, time_zone_of(coalesce(new.country,
        (select country from merchant where merchant_id = new.merchant_id))));
    return new;
end $$;
create trigger location_has_time_zone before insert on location
    for each row execute function location_has_time_zone();

-- Which device a code has paired; null for those used before this was kept.
alter table enrollment add column device_id uuid references device;

-- The first line of the audit log that is not older than a moment. Lines are numbered in the order of time
-- (nearly: two servers may write at once), so it is found by halving, each half with one look into the primary key.
create function audit_id_since(moment timestamptz) returns bigint language sql stable as $$
    with recursive search (low, high) as (
        select coalesce(min(audit_id), 0), coalesce(max(audit_id), 0) + 1 from audit_entry
        union all
        select case when looked.at < moment then middle + 1 else low end,
            case when looked.at < moment then high else middle end
        from search
            cross join lateral (select (low + high) / 2 as middle) halved
            cross join lateral (select at from audit_entry where audit_id >= middle
                order by audit_id limit 1) looked
        where low < high
    )
    select low from search where low >= high
$$;

-- All that happened to one thing.
create index audit_of_subject on audit_entry (merchant_id, subject, audit_id);
-- What people did; keys and devices do so much that their lines are soon found by walking.
create index audit_of_people on audit_entry (merchant_id, actor, audit_id) where actor like 'user:%';
-- What is done seldom: not with every payment.
create index audit_of_action on audit_entry (merchant_id, action, audit_id)
    where action not in ('session.created', 'session.cancelled', 'session.expired', 'payment.started',
        'payment.settled', 'movement.started', 'movement.settled', 'device.push_token_changed');
