-- Execution: one line for each call, and sums that outlive the lines.

create table call_log (
  id text primary key,
  at timestamptz not null,
  owner_id text not null,
  user_id text,
  key_id text,
  collection_id text,
  agent_id text,
  via text not null check (via in ('http', 'mcp', 'cli', 'agent', 'health')),
  package_name text not null,
  version text,
  tool_name text not null,
  artifact text,
  runtime text,
  start_kind text,
  -- `success`, or the error's code.
  outcome text not null,
  duration_ms double precision not null check (duration_ms >= 0),
  tool_ms double precision,
  cache text not null,
  egress_hosts text[] not null default '{}',
  egress_bytes bigint not null default 0,
  request_id text not null,
  -- Only where the account wants it; redacted.
  params jsonb
);

-- Pages of an account's log, newest first.
create index call_log_owner_at on call_log (owner_id, at desc, id desc);
-- What is to be removed first.
create index call_log_at on call_log (at);

-- Sums by the hour, kept as long as lines are.
create table usage_record (
  owner_id text not null,
  hour timestamptz not null,
  key_id text not null,
  package_name text not null,
  tool_name text not null,
  calls bigint not null,
  failures bigint not null,
  duration_ms double precision not null,
  egress_bytes bigint not null,
  primary key (owner_id, hour, key_id, package_name, tool_name)
);
create index usage_record_hour on usage_record (hour);

-- Sums by the day (UTC), kept for good.
create table usage_summary (
  owner_id text not null,
  day date not null,
  calls bigint not null,
  failures bigint not null,
  duration_ms double precision not null,
  egress_bytes bigint not null,
  primary key (owner_id, day)
);

-- What models used in an account's agents.
create table token_usage (
  owner_id text not null,
  day date not null,
  agent_id text not null,
  model text not null,
  requests bigint not null,
  input_tokens bigint not null,
  output_tokens bigint not null,
  primary key (owner_id, day, agent_id, model)
);

-- Whether an account wants the parameters of its calls in its log; no row: it does not.
create table log_setting (
  owner_id text primary key,
  keep_params boolean not null
);
