-- How often products were looked at or put in a basket, by day; nothing says by whom.
create table event_counts (
  day integer not null,
  kind text not null,
  product text not null,
  count integer not null,
  primary key (day, kind, product)
) strict, without rowid;
