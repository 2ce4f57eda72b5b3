-- People: users, sessions, organisations and API keys.
-- The tables with quoted names are better-auth's own, as its `compileMigrations()` writes them for the
-- options in accounts/users/auth_options.ts; a test checks that it finds nothing missing here.

create table "user" (
  "id" text not null primary key,
  "name" text not null,
  "email" text not null unique,
  "emailVerified" boolean not null,
  "image" text,
  "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamptz default CURRENT_TIMESTAMP not null
);

create table "session" (
  "id" text not null primary key,
  "expiresAt" timestamptz not null,
  "token" text not null unique,
  "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references "user" ("id") on delete cascade,
  "activeOrganizationId" text
);

create table "account" (
  "id" text not null primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references "user" ("id") on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope" text,
  "password" text,
  "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamptz not null
);

create table "verification" (
  "id" text not null primary key,
  "identifier" text not null,
  "value" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
  "updatedAt" timestamptz default CURRENT_TIMESTAMP not null
);

create table "organization" (
  "id" text not null primary key,
  "name" text not null,
  "slug" text not null unique,
  "logo" text,
  "createdAt" timestamptz not null,
  "metadata" text
);

create table "member" (
  "id" text not null primary key,
  "organizationId" text not null references "organization" ("id") on delete cascade,
  "userId" text not null references "user" ("id") on delete cascade,
  "role" text not null,
  "createdAt" timestamptz not null
);

create table "invitation" (
  "id" text not null primary key,
  "organizationId" text not null references "organization" ("id") on delete cascade,
  "email" text not null,
  "role" text,
  "status" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
  "inviterId" text not null references "user" ("id") on delete cascade
);

create table "rateLimit" (
  "id" text not null primary key,
  "key" text not null unique,
  "count" integer not null,
  "lastRequest" bigint not null
);

create index "session_userId_idx" on "session" ("userId");
create index "account_userId_idx" on "account" ("userId");
create index "verification_identifier_idx" on "verification" ("identifier");
create index "member_organizationId_idx" on "member" ("organizationId");
create index "member_userId_idx" on "member" ("userId");
create index "invitation_organizationId_idx" on "invitation" ("organizationId");
create index "invitation_email_idx" on "invitation" ("email");

-- One row, once somebody has an account here. From then on an installation never again takes whoever
-- has the machine for its owner, not even when the last user is gone.
create table installation (
  only_one boolean primary key default true check (only_one),
  claimed_at timestamptz not null default now()
);

-- What Airlock knows of an account beside better-auth: of a user or an organisation.
create table account_setting (
  id text primary key,
  -- What the account's things are owned by. The first user takes over what the local owner had.
  tenant text not null unique,
  is_admin boolean not null default false,
  tier text not null default 'FREE' check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  created_at timestamptz not null default now()
);

create function open_user_account() returns trigger language plpgsql as $$
declare
  is_first boolean;
begin
  insert into installation default values on conflict do nothing;
  is_first := found;
  insert into account_setting (id, tenant, is_admin)
  values (new."id", case when is_first then 'local' else new."id" end, is_first);
  return new;
end $$;
-- Triggers fire in order of their names: the account is there before the audit log notes it.
create trigger account_opens after insert on "user"
  for each row execute function open_user_account();

create function open_organization_account() returns trigger language plpgsql as $$
begin
  insert into account_setting (id, tenant) values (new."id", new."id");
  return new;
end $$;
create trigger account_opens after insert on "organization"
  for each row execute function open_organization_account();

create table api_key (
  id text primary key,
  owner_id text not null,
  user_id text references "user" ("id") on delete cascade,
  name text not null check (length(name) between 1 and 100),
  -- SHA-256 of the whole key. The key itself is nowhere.
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  hint text not null,
  scopes text[] not null,
  collections text[],
  ceiling jsonb not null default '{}',
  tier text not null default 'FREE' check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  rate_limits jsonb,
  expires_at timestamptz,
  revoked_at timestamptz,
  replaced_by text references api_key (id) on delete set null,
  last_used_at timestamptz,
  created_at timestamptz not null default now()
);
create index api_key_owner_idx on api_key (owner_id, created_at desc, id desc);

-- Who is no longer a member opens nothing of the organisation's with keys made before.
create function revoke_keys_of_member() returns trigger language plpgsql as $$
begin
  update api_key set revoked_at = now()
  where owner_id = old."organizationId" and user_id = old."userId" and revoked_at is null;
  return old;
end $$;
create trigger revoke_keys_of_member after delete on "member"
  for each row execute function revoke_keys_of_member();

create function close_account() returns trigger language plpgsql as $$
begin
  -- The local tenant stays: it is also whoever runs the installation.
  update api_key set revoked_at = now()
  where owner_id = (select tenant from account_setting where id = old."id" and tenant <> 'local')
    and revoked_at is null;
  delete from account_setting where id = old."id";
  return old;
end $$;
create trigger then_close_account after delete on "user"
  for each row execute function close_account();
create trigger then_close_account after delete on "organization"
  for each row execute function close_account();
