-- What the store knows of itself: the newest version of the keys that a row with the hash of an address
-- may stand under, the oldest that one does, and whether its safe was begun.
create table store (
  one integer primary key check (one = 1),
  addresses_newest integer not null,
  addresses_settled integer not null,
  safe_begun integer not null
) strict;
insert into store (one, addresses_newest, addresses_settled, safe_begun)
values (1, 1, 1, 0);

alter table detached add column key_version integer not null default 1;

-- Answers to repeated calls are deleted when their time is over.
create index idempotency_by_time on idempotency (recorded_at);
