-- People whose data were erased: the entry that says so, whether their keys are destroyed, and until
-- when what was evidence is withheld. After that the row stays, and nothing is left to open.
create table erasures (
  subject blob primary key,
  seq integer not null,
  erased_at integer not null,
  keys_destroyed integer not null default 0,
  withheld_until integer not null,
  withheld_destroyed_at integer
) strict, without rowid;
create index erasures_begun on erasures (erased_at) where keys_destroyed = 0;
create index erasures_withheld on erasures (withheld_until)
where withheld_destroyed_at is null;

-- Legal holds: while one stands, nothing of the person is destroyed.
create table holds (
  hold integer primary key,
  subject blob not null,
  begun_at integer not null,
  begun_by text not null,
  reason blob not null,
  ended_at integer,
  ended_by text
) strict;
create index holds_standing on holds (subject) where ended_at is null;

-- What was destroyed on schedule, and when.
create table retention_runs (
  run integer primary key,
  at integer not null,
  orders integer not null,
  withheld integer not null
) strict;
