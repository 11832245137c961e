-- A name for each hold, by which the journal knows it: numbers begin anew where a backup is put back.
alter table holds add column name blob not null default x'';
update holds set name = randomblob(16);
create index holds_by_name on holds (name);
