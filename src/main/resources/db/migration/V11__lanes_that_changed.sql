-- Lanes are followed by what changed, not read whole every second.

alter table lane
    -- When its owner, or what its destination is configured to, last changed, by the database's clock.
    add column changed_at timestamptz not null default clock_timestamp(),
    -- How often somebody asked for a try now, whatever the circuit says.
    add column resumes bigint not null default 0;
create index lane_changed on lane (changed_at);
create index lane_of_owner on lane (owner, destination_id);

-- What a merchant looks for among many that arrived.
create index delivery_failed on delivery (destination_id, seq) where status = 'FAILED';
