-- The number of a hold is never given again, though an erasure deletes ended ones: whoever ends a hold by
-- its number must not end another's.
create table holds_kept (
  hold integer primary key autoincrement,
  subject blob not null,
  begun_at integer not null,
  begun_by text not null,
  reason blob not null,
  ended_at integer,
  ended_by text
) strict;
insert into holds_kept (hold, subject, begun_at, begun_by, reason, ended_at, ended_by)
select hold, subject, begun_at, begun_by, reason, ended_at, ended_by
from holds;
drop table holds;
alter table holds_kept rename to holds;
create index holds_standing on holds (subject) where ended_at is null;
