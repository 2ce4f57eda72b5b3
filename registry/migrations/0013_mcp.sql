-- Names of tools over MCP. A name stays the tool's for good: also when the tool has gone, no other
-- takes it over, so that nobody who approved a name calls something else by it.

create table mcp_name (
  -- Id of a collection, or `account:` and an account for all that the account sees.
  scope text not null,
  collection_id text references collection (id) on delete cascade,
  -- What its source knows the tool by.
  tool_key text not null,
  name text not null check (name ~ '^[A-Za-z0-9_-]{1,64}$'),
  -- What it would be called if another tool were not; null where it is called so.
  wanted text,
  created_at timestamptz not null default now(),
  primary key (scope, tool_key),
  unique (scope, name)
);
create index mcp_name_collection on mcp_name (collection_id) where collection_id is not null;

-- Whether clients are given `search_tools`, `describe_tool` and `call_tool` instead of all tools:
-- `auto` where there are many.
alter table collection add column meta_tools text not null default 'auto'
  check (meta_tools in ('auto', 'on', 'off'));
