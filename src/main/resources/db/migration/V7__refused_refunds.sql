-- A provider that refused to give an approval back, and then approves again, is asked again: under
-- a new key, since it may repeat its answer to the old one.
drop index refund_of_attempt;
create unique index refund_of_attempt on refund (attempt_id) where status <> 'REFUSED';
