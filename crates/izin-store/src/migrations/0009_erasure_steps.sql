-- How far an erasure got (0: entered, 1: keys destroyed, 2: nothing left in logs and copies). For those
-- that were entered before it is done again once, which changes nothing.
create table erasures_by_step (
  subject blob primary key,
  seq integer not null,
  erased_at integer not null,
  step integer not null default 0,
  withheld_until integer not null,
  withheld_destroyed_at integer
) strict, without rowid;
insert into erasures_by_step (subject, seq, erased_at, withheld_until, withheld_destroyed_at)
select subject, seq, erased_at, withheld_until, withheld_destroyed_at
from erasures;
drop table erasures;
alter table erasures_by_step rename to erasures;
create index erasures_begun on erasures (step) where step < 2;
create index erasures_withheld on erasures (withheld_until)
where withheld_destroyed_at is null;
