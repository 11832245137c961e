-- The ledger: what happened, in order, and what its leaves commit to.
create table entries (
  seq integer primary key,
  recorded_at integer not null,
  subject blob,
  act text not null,
  blinding blob not null,
  detail_commitment blob,
  leaf_hash blob not null
) strict;
create index entries_by_subject on entries (subject, seq) where subject is not null;

create table details (
  seq integer primary key references entries (seq),
  blinding blob not null,
  sealed blob not null
) strict;

create table tiles (
  level integer not null,
  number integer not null,
  hashes blob not null,
  primary key (level, number)
) strict, without rowid;

create table checkpoints (
  size integer primary key,
  signed_at integer not null,
  note text not null
) strict;

-- The vault: people and what points to them.
create table identifiers (
  identifier blob primary key,
  subject blob not null,
  kind integer not null,
  lookup_hash blob not null,
  suppression_hash blob not null,
  key_version integer not null,
  sealed blob not null
) strict, without rowid;
create index identifiers_by_hash on identifiers (lookup_hash);
create index identifiers_by_suppression_hash on identifiers (suppression_hash);
create index identifiers_by_subject on identifiers (subject);

create table profiles (
  subject blob primary key,
  key_version integer not null,
  sealed blob not null
) strict, without rowid;

-- Do-not-contact facts. They hold no value and no person, and outlive both.
create table suppressions (
  suppression blob primary key,
  hash blob not null,
  key_version integer not null,
  seq integer not null
) strict, without rowid;
create index suppressions_by_hash on suppressions (hash);

create table policies (
  version integer primary key,
  hash text not null,
  body text not null,
  published_at integer not null
) strict;

-- The shop.
create table orders (
  order_key blob primary key,
  subject blob,
  key_version integer not null,
  sealed blob not null
) strict, without rowid;
create index orders_by_subject on orders (subject) where subject is not null;

create table products (
  product_id text primary key,
  body text not null
) strict, without rowid;

create table imports (
  import integer primary key,
  kind text not null,
  started_at integer not null,
  rows integer not null,
  applied integer not null,
  duplicates integer not null,
  rejected integer not null
) strict;

-- Sending.
create table campaigns (
  campaign integer primary key,
  name text not null,
  purpose text not null,
  channel text not null,
  template text not null,
  state text not null,
  created_at integer not null,
  finished_at integer
) strict;

create table messages (
  campaign integer not null references campaigns (campaign),
  subject blob not null,
  identifier blob,
  state text not null,
  reason text not null,
  level integer not null,
  seq integer not null,
  updated_at integer not null,
  primary key (campaign, subject)
) strict, without rowid;
create index messages_by_state on messages (campaign, state);

-- Doors.
create table api_keys (
  hash blob primary key,
  name text not null,
  role text not null,
  created_at integer not null,
  revoked_at integer
) strict, without rowid;

create table idempotency (
  hash blob primary key,
  answer text not null,
  recorded_at integer not null
) strict, without rowid;
