-- Which server works on a request of several steps: its hold on the key ends with the server. And an
-- answer that may still change is not repeated as it was: the operation looks again.
alter table idempotency
    add column owner       uuid,
    add column provisional boolean not null default false;
