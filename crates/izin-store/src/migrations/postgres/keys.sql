create table if not exists service_keys (
  name text collate "C" not null,
  version bigint not null,
  wrapped bytea not null,
  primary key (name, version)
);
create table if not exists subject_keys (
  subject bytea not null,
  class bigint not null,
  version bigint not null,
  wrapped bytea not null,
  primary key (subject, class, version)
);
