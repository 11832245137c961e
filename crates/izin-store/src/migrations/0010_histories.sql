-- Which entries are about a person, and which suppress an address: tables that are written late, many rows
-- at a time, in place of indexes that every commit wrote. `store.indexed` says how many entries they have
-- for certain.
create table histories (
  subject blob not null,
  seq integer not null,
  primary key (subject, seq)
) strict, without rowid;
insert into histories (subject, seq)
select subject, seq
from entries
where subject is not null
order by subject, seq;
drop index entries_by_subject;

create table suppressed (
  hash blob not null,
  seq integer not null,
  primary key (hash, seq)
) strict, without rowid;
insert into suppressed (hash, seq)
select hash, seq
from suppressions
order by hash, seq;
drop index suppressions_by_hash;

alter table store add column indexed integer not null default 0;
update store
set indexed = (select count(*) from entries);
