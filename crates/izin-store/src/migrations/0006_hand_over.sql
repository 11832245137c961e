-- Messages that were handed over, or may have been, and wait for a batch.
create table hand_overs (
  hand_over integer primary key,
  subject blob not null,
  channel text not null,
  purpose text not null,
  topic text,
  begun_at integer not null,
  decided integer,
  told_at integer
) strict;

-- Batches: the entry that commits to each, the seed of its blindings, and the records, compressed.
create table hand_over_batches (
  seq integer primary key,
  seed blob not null,
  records blob not null
) strict;

-- What was handed over before there were batches, as far as it is known: of room that senders settled
-- before schema 4, nothing is.
insert into hand_overs (subject, channel, purpose, topic, begun_at, decided)
select m.subject, c.channel, c.purpose, null, m.updated_at as begun_at, m.seq
from messages m
join campaigns c on c.campaign = m.campaign
where m.state in ('sent', 'in_doubt')
union all
select s.subject, s.channel, s.purpose, s.topic, m.updated_at as begun_at, null
from sends s
join messages m on m.reservation = s.room
where s.state = 'accepted'
union all
select subject, channel, purpose, topic, ends_at - 900000000 as begun_at, null
from sends
where state = 'accepted' and ends_at is not null
order by begun_at;
