-- Following a registry: how far each worker is, what it did, and what it is asked to watch.

-- When the registry last changed the package, by its own clock: what is older arrives late.
alter table package add column registry_modified_at timestamptz;
-- `owner/name` of the source repository.
alter table package add column repository text;
alter table package add column downloads_at timestamptz;
alter table package add column stars_at timestamptz;
create index package_downloads_due on package (downloads_at nulls first, name) where source = 'npm';
create index package_stars_due on package (stars_at nulls first, name)
  where source = 'npm' and repository is not null;

create table sync_checkpoint (
  job text primary key,
  -- How far it is; null for the start.
  position jsonb,
  -- The run that may move it: another one that is still about cannot.
  run_id text,
  started_at timestamptz,
  -- Runs in a row that failed.
  failures integer not null default 0,
  -- The other side asked to be left alone until then.
  not_before timestamptz,
  updated_at timestamptz not null default now()
);

create table sync_log (
  id text primary key,
  job text not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  seen integer not null default 0,
  recorded integer not null default 0,
  failed integer not null default 0,
  error text
);
create index sync_log_job on sync_log (job, started_at desc);

-- Packages that could not be read, for later.
create table sync_retry (
  name text primary key,
  attempts integer not null,
  next_at timestamptz not null,
  problem text not null
);
create index sync_retry_due on sync_retry (next_at);

-- Packages that somebody wants to be followed whatever a registry offers for it.
create table watched_package (
  name text primary key,
  -- What its registry said identifies the answer that was read last.
  etag text,
  checked_at timestamptz,
  added_at timestamptz not null default now()
);

create table stats_snapshot (
  day date primary key,
  packages integer not null,
  versions integer not null,
  tools integer not null,
  tools_described integer not null,
  tools_healthy integer not null,
  tools_broken integer not null,
  likes integer not null,
  downloads_week bigint not null,
  taken_at timestamptz not null default now()
);
