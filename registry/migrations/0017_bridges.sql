-- Bridges: programs on the machines of users, and the tools of the servers that run there.

create table bridge (
  id text primary key,
  owner_id text not null,
  -- Whose machine it is; '' where there were no users yet. Other members of an account do not reach it.
  user_id text not null default '',
  name text not null check (name ~ '^[a-z0-9]([a-z0-9_-]{0,30}[a-z0-9])?$'),
  -- The connection that there is, or '': only what began it says that it has ended.
  connection_id text not null default '',
  client_version text not null default '',
  os text not null default '',
  connected_at timestamptz,
  -- Told of while it is connected. Where that is long ago, the node that held it has gone.
  last_seen_at timestamptz,
  created_at timestamptz not null default now(),
  unique (owner_id, user_id, name)
);

-- Definitions as they were last registered, so that they are listed while the machine is away.
create table bridge_tool (
  id text primary key,
  bridge_id text not null references bridge (id) on delete cascade,
  server_id text not null,
  server_name text not null,
  name text not null,
  description text not null,
  input_schema jsonb not null,
  output_schema jsonb,
  annotations jsonb not null default '{}',
  definition_hash text not null,
  -- Whether it was among what was registered last.
  offered boolean not null default true,
  unique (bridge_id, server_id, name)
);

create table collection_bridge_tool (
  collection_id text not null references collection (id) on delete cascade,
  tool_id text not null references bridge_tool (id) on delete cascade,
  display_name text,
  note text not null default '',
  -- What it was when it was added: what says something else by now is not called.
  definition_hash text not null,
  added_at timestamptz not null default clock_timestamp(),
  primary key (collection_id, tool_id)
);
create index collection_bridge_tool_tool on collection_bridge_tool (tool_id);
