-- Tools of collections as they were approved, and what they would be instead.

create table tool_pin (
  id text primary key,
  -- Whoever removes a collection or a tool of it removes its pins.
  collection_id text not null,
  tool_id text not null,
  owner_id text not null,
  source text not null,
  package_name text not null,
  tool_name text not null,
  version text not null,
  lock jsonb not null,
  lock_hash text not null,
  definition jsonb not null,
  definition_hash text not null,
  -- Of version, lock and definition together: what accepting compares.
  state_hash text not null,
  findings jsonb not null default '[]',
  hosts text[] not null default '{}',
  revision integer not null default 1,
  pinned_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (collection_id, tool_id)
);
create index tool_pin_package on tool_pin (package_name, source);

create table pin_change (
  id text primary key,
  pin_id text not null references tool_pin (id) on delete cascade,
  source text not null,
  package_name text not null,
  tool_name text not null,
  version text not null,
  lock jsonb not null,
  lock_hash text not null,
  definition jsonb not null,
  definition_hash text not null,
  state_hash text not null,
  findings jsonb not null default '[]',
  state text not null default 'waiting' check (state in ('waiting', 'accepted', 'rejected')),
  seen_at timestamptz not null default now(),
  decided_by text,
  decided_at timestamptz,
  unique (pin_id, state_hash)
);
create index pin_change_waiting on pin_change (pin_id, seen_at desc) where state = 'waiting';
