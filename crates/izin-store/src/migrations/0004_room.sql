-- The reservation that room belongs to, where somebody else who has the address holds it too.
alter table sends add column room blob;
create index sends_by_room on sends (room) where room is not null;

-- When room that nobody settled counts as sent; absent: our own hand-over settles it.
alter table sends add column ends_at integer;
update sends
set ends_at = at + 900000000
where state = 'open'
  and reservation not in (select reservation from messages where reservation is not null);
create index sends_by_end on sends (ends_at) where state = 'open' and ends_at is not null;
