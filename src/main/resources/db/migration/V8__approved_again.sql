-- A provider may approve again while its refusal to give the money back is still on its way. The
-- refund under way notes it, and should it be refused, the next one is owed at once.
alter table refund add approved_again boolean not null default false;
