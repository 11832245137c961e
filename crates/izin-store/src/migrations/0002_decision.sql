-- Room for messages: held before a hand-over, then accepted or released.
create table sends (
  reservation blob primary key,
  subject blob not null,
  channel text not null,
  purpose text not null,
  topic text,
  at integer not null,
  state text not null
) strict, without rowid;
create index sends_by_subject on sends (subject, at);
create index sends_by_time on sends (at);

alter table messages add column reservation blob;

-- When a deferred message may be decided again.
alter table messages add column until integer;

-- People who turned out to be somebody else, and the entries from `seq` to `last` that made them so.
create table merges (
  subject blob primary key,
  into_subject blob not null,
  seq integer not null,
  last integer not null
) strict, without rowid;
create index merges_by_into on merges (into_subject);

-- From whom an identifier came with a merge.
alter table identifiers add column merged_from blob;

-- Hashes of identifiers that a person does not hold any more, so that a replay can follow.
create table detached (
  identifier blob primary key,
  subject blob not null,
  lookup_hash blob not null
) strict, without rowid;
create index detached_by_subject on detached (subject);

-- Which entries recorded one saying: `first` and its copies for other holders and for addresses.
create table sayings (
  first integer not null,
  seq integer not null,
  ended integer,
  primary key (first, seq)
) strict, without rowid;
create index sayings_by_seq on sayings (seq);
insert into sayings (first, seq)
select seq, seq
from suppressions;

-- The entry that ended a suppression.
alter table suppressions add column ended integer;
create index suppressions_by_seq on suppressions (seq);

-- When a version took effect. Whatever was published before could do so at once only.
alter table policies add column effective_seq integer;
alter table policies add column effective_at integer;
update policies
set
  effective_at = published_at,
  effective_seq = (
    select min(e.seq)
    from entries e
    where e.subject is null
      and e.act ->> 'act' = 'policy_published'
      and e.act ->> 'version' = policies.version
  );

-- What waits for a person to settle it.
create table queue (
  item integer primary key,
  kind text not null,
  subject blob,
  entry integer,
  key text,
  opened_at integer not null,
  due_at integer not null,
  opened_by text not null,
  owner text,
  note blob,
  settled_at integer,
  settled_by text,
  outcome text,
  outcome_note blob
) strict;
create unique index queue_by_key on queue (kind, key) where key is not null;
create index queue_open on queue (due_at) where settled_at is null;

-- Step-up codes.
create table codes (
  code blob primary key,
  subject blob not null,
  identifier blob not null,
  code_hash blob not null,
  wish text not null,
  tries integer not null,
  made_at integer not null,
  expires_at integer not null,
  spent_at integer
) strict, without rowid;
create index codes_by_identifier on codes (identifier, made_at);
create index codes_by_time on codes (made_at);

-- The version of the policy that a campaign tells people of.
alter table campaigns add column announces integer;
