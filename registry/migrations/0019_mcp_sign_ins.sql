-- People who sign in to other MCP servers: what they began, and what they were let in with.

-- Whether calls of a server's tools need somebody to have signed in there.
alter table mcp_server add column oauth boolean not null default false;

-- A sign-in that was begun, until its browser comes back with the answer.
create table mcp_sign_in (
  -- SHA-256 of what the authorisation server sends back.
  state_hash bytea primary key,
  server_id text not null references mcp_server (id) on delete cascade,
  owner_id text not null,
  person text not null,
  -- Verifier, client and the authorisation server's own words, sealed under the account's key.
  sealed bytea not null,
  expires_at timestamptz not null
);
create index mcp_sign_in_person_idx on mcp_sign_in (server_id, owner_id, person);
create index mcp_sign_in_expires_idx on mcp_sign_in (expires_at);

-- What one person was let in with.
create table mcp_sign_in_grant (
  server_id text not null references mcp_server (id) on delete cascade,
  owner_id text not null,
  person text not null,
  -- Of the server, as it was signed in to: tokens go nowhere else.
  url text not null,
  issuer text not null,
  scope text,
  -- Tokens and client, sealed under the account's key.
  sealed bytea not null,
  -- null: the authorisation server does not say.
  expires_at timestamptz,
  -- While one node asks for new tokens, others wait.
  renewing_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (server_id, owner_id, person)
);
