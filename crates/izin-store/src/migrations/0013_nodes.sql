-- Processes at work on this store; on SQLite there is one, which needs no row. Each has a number that is never
-- given again: whoever was taken for gone comes back under another. `groups` counts what each committed.
create table nodes (
  node integer primary key,
  name text not null,
  begun_at integer not null,
  seen_at integer not null,
  groups integer not null,
  ended_at integer
) strict;

-- What they tell each other besides entries, and how many entries came before.
create table news (
  number integer primary key,
  entries integer not null,
  body text not null
) strict;

-- What one of them does for all, and until when.
create table leases (
  name text primary key,
  node integer not null,
  ends_at integer not null
) strict;

-- Whose hand-over a message is.
alter table messages add column node integer;
