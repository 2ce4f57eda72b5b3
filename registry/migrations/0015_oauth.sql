-- Clients that sign in by OAuth: who they are, what was allowed to them, and what they hold.

-- Clients that registered themselves. Those whose id is the address of a document about them are
-- nowhere: the document is read when it is needed.
create table oauth_client (
  id text primary key,
  name text not null check (length(name) between 1 and 100),
  redirect_uris text[] not null check (cardinality(redirect_uris) between 1 and 10),
  created_at timestamptz not null default now(),
  -- When somebody last allowed it something; null: nobody ever did, and it is forgotten soon.
  used_at timestamptz
);
create index oauth_client_unused_idx on oauth_client (created_at) where used_at is null;

-- What somebody allowed a client: one endpoint of one account.
create table oauth_grant (
  id text primary key,
  owner_id text not null,
  user_id text references "user" (id) on delete cascade,
  tier text not null check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  client_id text not null,
  client_name text not null,
  redirect_host text not null,
  -- `/mcp` or `/mcp/{user}/{collection}`, as the client connects to it.
  endpoint text not null,
  -- The same as the client names it, with its origin.
  resource text not null,
  -- null: all collections of the account.
  collection_id text references collection (id) on delete cascade,
  created_at timestamptz not null default now(),
  -- null: the client has not come for its tokens yet.
  redeemed_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index oauth_grant_owner_idx on oauth_grant (owner_id, created_at desc, id desc);
create index oauth_grant_unredeemed_idx on oauth_grant (created_at) where redeemed_at is null;

-- A question that was shown to somebody, and the code that the client got when the answer was yes.
create table oauth_authorization (
  id text primary key,
  -- SHA-256 of what the page sends back, and of the code. Neither is anywhere itself.
  request_hash bytea not null unique check (octet_length(request_hash) = 32),
  code_hash bytea unique check (octet_length(code_hash) = 32),
  owner_id text not null,
  user_id text references "user" (id) on delete cascade,
  client_id text not null,
  client_name text not null,
  redirect_uri text not null,
  state text,
  code_challenge text not null,
  endpoint text not null,
  resource text not null,
  collection_id text references collection (id) on delete cascade,
  decided_at timestamptz,
  redeemed_at timestamptz,
  grant_id text references oauth_grant (id) on delete cascade,
  -- Of the question, then of the code.
  expires_at timestamptz not null
);
create index oauth_authorization_expires_idx on oauth_authorization (expires_at);

create table oauth_token (
  id text primary key,
  grant_id text not null references oauth_grant (id) on delete cascade,
  kind text not null check (kind in ('access', 'refresh')),
  -- SHA-256 of the whole token.
  hash bytea not null check (octet_length(hash) = 32),
  expires_at timestamptz not null,
  -- Of a refresh token: when it was exchanged. Exchanged again, it ends the grant.
  used_at timestamptz
);
create index oauth_token_grant_idx on oauth_token (grant_id);
create index oauth_token_expires_idx on oauth_token (expires_at);

-- Who is no longer a member opens nothing of the organisation's with what they allowed before.
create function revoke_grants_of_member() returns trigger language plpgsql as $$
begin
  update oauth_grant set revoked_at = now()
  where owner_id = old."organizationId" and user_id = old."userId" and revoked_at is null;
  return old;
end $$;
create trigger revoke_grants_of_member after delete on "member"
  for each row execute function revoke_grants_of_member();

create function revoke_grants_of_account() returns trigger language plpgsql as $$
begin
  if old.tenant <> 'local' then
    update oauth_grant set revoked_at = now()
    where owner_id = old.tenant and revoked_at is null;
  end if;
  return old;
end $$;
create trigger revoke_grants_of_account after delete on account_setting
  for each row execute function revoke_grants_of_account();
