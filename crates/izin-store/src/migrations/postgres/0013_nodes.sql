-- Processes at work on this store, each under a number that is never given again: whoever was taken for gone
-- comes back under another. `groups` counts what each committed, so that a commit in doubt can be looked up.
create table nodes (
  node bigint primary key,
  name text collate "C" not null,
  begun_at bigint not null,
  seen_at bigint not null,
  groups bigint not null,
  ended_at bigint
);

-- What they tell each other besides entries, and how many entries came before.
create table news (
  number bigint primary key,
  entries bigint not null,
  body text collate "C" not null
);

-- What one of them does for all, and until when.
create table leases (
  name text collate "C" primary key,
  node bigint not null,
  ends_at bigint not null
);

-- Whose hand-over a message is.
alter table messages add column node bigint;
