-- How far a server's clock was ahead of the database's at its last sign of life; negative: behind.
-- Null: a server of the version before.
alter table node add column clock_ahead_ms bigint;
