-- What people think of tools, and what happened lately.
create table tool_like (
  tool_id text not null references tool (id) on delete cascade,
  owner_id text not null,
  created_at timestamptz not null default now(),
  primary key (tool_id, owner_id)
);
create index tool_like_owner on tool_like (owner_id, created_at desc);

create table rating (
  tool_id text not null references tool (id) on delete cascade,
  owner_id text not null,
  stars smallint not null check (stars between 1 and 5),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tool_id, owner_id)
);

create table review (
  id text primary key,
  tool_id text not null references tool (id) on delete cascade,
  owner_id text not null,
  body text not null check (char_length(body) between 1 and 4000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tool_id, owner_id)
);
create index review_tool on review (tool_id, id desc);

create table activity (
  id bigint generated always as identity primary key,
  owner_id text not null,
  kind text not null,
  tool_id text references tool (id) on delete cascade,
  created_at timestamptz not null default now()
);
create index activity_owner on activity (owner_id, id desc);
