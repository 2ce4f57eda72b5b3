-- Rate limits that several nodes share, and what tiers are given where it is not the default.

-- Losing the counts in a crash costs one window: not worth a write-ahead log.
create unlogged table rate_window (
  key text primary key,
  started_ms bigint not null,
  count integer not null,
  previous integer not null,
  -- Whether the last one that asked was let through.
  allowed boolean not null,
  -- Until when the row says anything.
  expires_ms bigint not null
);
create index rate_window_expires on rate_window (expires_ms);

create table tier_limit (
  tier text not null check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  rate_class text not null check (rate_class in ('execute', 'mcp', 'read', 'write')),
  rate_limit integer not null check (rate_limit >= 0),
  window_ms integer not null check (window_ms between 1000 and 86400000),
  primary key (tier, rate_class)
);
