-- Each running server has one row: node. So far those that deliver webhooks had a second one, under
-- another id.

-- Numbers the registrations of servers; a later one has the higher number.
create sequence node_fence;

-- Drawn when a server registers, and anew when it had been silent for so long that others may have
-- taken over what it had. Null: a server of the version before.
alter table node add column fence bigint unique;

-- Its owner's number when it took the lane. With another number the server of that id is not its
-- owner any more.
alter table lane add column fence bigint;

-- Until the next release the table webhook_node stays: while servers are restarted one by one, those
-- of the version before go by it, and have their ids for lanes in it alone. New ones write it as
-- well, under their id in node. Then drop it.
