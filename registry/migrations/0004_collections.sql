-- Collections of tools, and agents that use them.

create table collection (
  id text primary key,
  owner_id text not null,
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
  name text not null check (length(name) between 1 and 100),
  description text not null default '',
  visibility text not null default 'private' check (visibility in ('public', 'private')),
  -- What calls through it may do and use where they ask for nothing themselves.
  permissions jsonb not null default '{}',
  limits jsonb not null default '{}',
  -- Where they run; null: as the system says. A token is named by a secret, never kept here.
  executor jsonb,
  likes integer not null default 0,
  -- Counts changes, of its tools too: what a caller has seen is told from what is there now.
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (owner_id, slug)
);
create index collection_public on collection (created_at desc, id desc) where visibility = 'public';

create table collection_tool (
  id text primary key,
  collection_id text not null references collection (id) on delete cascade,
  tool_id text not null references tool (id) on delete cascade,
  position integer not null,
  display_name text,
  note text not null default '',
  created_at timestamptz not null default now(),
  unique (collection_id, tool_id),
  -- Deferred: tools change places within one transaction.
  unique (collection_id, position) deferrable initially deferred
);
create index collection_tool_tool on collection_tool (tool_id);

create table collection_like (
  collection_id text not null references collection (id) on delete cascade,
  owner_id text not null,
  created_at timestamptz not null default now(),
  primary key (collection_id, owner_id)
);

create table agent (
  id text primary key,
  owner_id text not null,
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$'),
  name text not null check (length(name) between 1 and 100),
  description text not null default '',
  visibility text not null default 'private' check (visibility in ('public', 'private')),
  instructions text not null default '',
  model text not null default '',
  executor jsonb,
  revision integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (owner_id, slug)
);
create index agent_public on agent (created_at desc, id desc) where visibility = 'public';

create table agent_collection (
  agent_id text not null references agent (id) on delete cascade,
  collection_id text not null references collection (id) on delete cascade,
  position integer not null,
  primary key (agent_id, collection_id)
);

create table agent_tool (
  agent_id text not null references agent (id) on delete cascade,
  tool_id text not null references tool (id) on delete cascade,
  position integer not null,
  primary key (agent_id, tool_id)
);
