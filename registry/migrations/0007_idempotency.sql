-- Requests that say by a key that they are the same, with what the first of them was answered.

create table idempotency_key (
  owner_id text not null,
  -- Who sent it: what one key of an account was answered is not for another key of it.
  actor_id text not null,
  key_hash bytea not null,
  -- Of method, path, query and body.
  request_hash bytea not null,
  state text not null check (state in ('running', 'done')),
  -- Who runs it, for as long as it says so.
  run_id text not null,
  locked_until timestamptz not null,
  status integer,
  headers jsonb,
  body bytea,
  -- Why the answer is not kept: it was for one pair of eyes, or it is too large.
  withheld text check (withheld in ('once', 'size')),
  created_at timestamptz not null default now(),
  primary key (owner_id, actor_id, key_hash)
);
create index idempotency_key_created_at on idempotency_key (created_at);
