-- People who had been inactive for too long.
alter table retention_runs add column people integer not null default 0;
