-- What other MCP servers offer beside tools: resources, templates of resources and prompts, as they
-- were listed last. Apart from `mcp_server`, so that calls of tools do not read it.

create table mcp_server_offer (
  server_id text primary key references mcp_server (id) on delete cascade,
  -- `resources`, `templates` and `prompts`, each a list of definitions as the server calls them.
  offers jsonb not null,
  listed_at timestamptz not null default now()
);
