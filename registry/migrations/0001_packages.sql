-- Packages, their versions, their tools, and what became of trying the tools.
-- How much a tool is used and liked, from 0 to about 20. Logarithms: from 10 to 100 downloads is as
-- much as from 1,000 to 10,000.
create function popularity_of(downloads integer, stars integer, likes bigint) returns real
language sql immutable parallel safe as $$
  select (ln(1 + greatest(coalesce(downloads, 0), 0)) + 0.5 * ln(1 + greatest(coalesce(stars, 0), 0))
    + ln(1 + greatest(coalesce(likes, 0), 0)))::real
$$;

create table package (
  id text primary key,
  source text not null check (source in ('npm', 'esm', 'inline', 'wasm', 'mcp', 'bridge', 'http')),
  name text not null,
  -- Null: a package of a public registry, which nobody here owns.
  owner_id text,
  visibility text not null default 'public' check (visibility in ('public', 'private')),
  description text not null default '',
  category text,
  keywords text[] not null default '{}',
  downloads_week integer,
  stars integer,
  health text not null default 'unknown' check (health in ('unknown', 'healthy', 'broken')),
  latest_version text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (source, name),
  check (owner_id is not null or visibility = 'public')
);
create index package_name on package (name);
create index package_owner on package (owner_id) where owner_id is not null;

create table package_version (
  id text primary key,
  package_id text not null references package (id) on delete cascade,
  version text not null,
  integrity text,
  artifact_digest text,
  lock jsonb,
  manifest jsonb,
  -- 'building' until its manifest is known; 'failed' where it could not be built.
  state text not null default 'ready' check (state in ('building', 'ready', 'failed')),
  -- Inline source, as JSON of its files; null for what is fetched from elsewhere.
  source_text text,
  published_at timestamptz,
  created_at timestamptz not null default now(),
  unique (package_id, version)
);

create table tool (
  id text primary key,
  package_id text not null references package (id) on delete cascade,
  version_id text not null references package_version (id) on delete cascade,
  name text not null,
  slug text not null unique,
  description text not null default '',
  category text,
  input_schema jsonb,
  output_schema jsonb,
  schema_strategy text not null default 'none',
  schema_warnings jsonb not null default '[]',
  definition_hash text not null,
  findings jsonb not null default '[]',
  -- These four follow the package, so that lists read one table.
  source text not null,
  owner_id text,
  visibility text not null default 'public' check (visibility in ('public', 'private')),
  runtimes text[] not null default '{}',
  health text not null default 'unknown' check (health in ('unknown', 'healthy', 'broken')),
  health_failures integer not null default 0,
  health_checked_at timestamptz,
  popularity real not null default 0,
  search tsvector not null default '',
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (package_id, name)
);
create index tool_search on tool using gin (search);
create index tool_popularity on tool (popularity desc, id desc) where removed_at is null;
create index tool_category on tool (category, popularity desc, id desc) where removed_at is null;
create index tool_name on tool (lower(name));
create index tool_owner on tool (owner_id) where owner_id is not null;
create index tool_health_due on tool (health_checked_at nulls first) where removed_at is null;

-- Every word of every search text, for finding the one that was meant.
create table search_word (word text primary key);
create index search_word_trigram on search_word using gin (word gin_trgm_ops);

create table tool_health_check (
  id text primary key,
  tool_id text not null references tool (id) on delete cascade,
  version text not null,
  -- 'call': with parameters that the package gives for it; 'load': the code loads and has the tool.
  kind text not null check (kind in ('call', 'load')),
  ok boolean not null,
  code text,
  message text,
  duration_ms integer not null,
  checked_at timestamptz not null default now()
);
create index tool_health_check_tool on tool_health_check (tool_id, checked_at desc);

-- All tools there are, of whatever source, with what a reader wants to know of their packages.
create view tools as
select
  tool.id, tool.package_id, tool.version_id, tool.name, tool.slug, tool.description, tool.category,
  tool.input_schema, tool.output_schema, tool.schema_strategy, tool.schema_warnings,
  tool.definition_hash, tool.findings, tool.source, tool.owner_id, tool.visibility, tool.runtimes,
  tool.health, tool.health_checked_at, tool.popularity, tool.created_at, tool.updated_at,
  package.name as package_name, package.keywords, package.downloads_week, package.stars,
  package_version.version, package_version.artifact_digest
from tool
join package on package.id = tool.package_id
join package_version on package_version.id = tool.version_id
where tool.removed_at is null;
