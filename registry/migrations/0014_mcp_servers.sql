-- Other MCP servers whose tools a collection offers, and those tools as their owner approved them.

create table mcp_server (
  id text primary key,
  collection_id text not null references collection (id) on delete cascade,
  owner_id text not null,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$'),
  -- null: not connected to yet, so not known.
  transport text check (transport in ('streamable-http', 'sse', 'stdio')),
  url text,
  -- Words of a command that the operator lets be started.
  command jsonb,
  -- Names and values of headers, sealed under the account's key; null: none.
  headers bytea,
  header_names text[] not null default '{}',
  -- Names of the account's secrets that headers are made of.
  secret_names text[] not null default '{}',
  -- Names of tools that are offered; null: all.
  allowed_tools text[],
  -- By what the server calls a tool, what it is called here.
  renames jsonb not null default '{}',
  timeout_ms integer not null default 60000 check (timeout_ms between 1 and 600000),
  enabled boolean not null default true,
  health text not null default 'unknown' check (health in ('unknown', 'ok', 'failing')),
  -- Code and words of the last failure.
  failure jsonb,
  -- When its tools were read last.
  listed_at timestamptz,
  checked_at timestamptz,
  -- What it calls itself.
  about jsonb,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (collection_id, name),
  check ((url is null) <> (command is null))
);

create table mcp_server_tool (
  id text primary key,
  server_id text not null references mcp_server (id) on delete cascade,
  -- As the server calls it.
  name text not null,
  position integer not null,
  -- As it was approved; null: not yet.
  definition jsonb,
  digest text,
  findings jsonb not null default '[]',
  -- What it would be instead, held back until the owner accepts it.
  offered jsonb,
  offered_digest text,
  offered_findings jsonb not null default '[]',
  offered_at timestamptz,
  -- Whether the server did not list it when it was asked last.
  gone boolean not null default false,
  unique (server_id, name),
  check ((definition is null) = (digest is null)),
  check ((offered is null) = (offered_digest is null))
);

-- Where a call's tool came from: `mcp` for those of other servers; null: said by nobody.
alter table call_log add column source text;
