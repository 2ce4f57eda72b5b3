-- Machines that ask to be logged in (RFC 8628): what they hold, what people type, and the answer.

create table device_login (
  id text primary key,
  -- SHA-256 of what the machine comes back with. It is nowhere itself.
  device_hash bytea not null unique check (octet_length(device_hash) = 32),
  -- What the machine shows: good for minutes, and for nothing without a session.
  user_code text not null unique check (user_code ~ '^[A-Z]{8}$'),
  machine text not null check (machine ~ '^[a-z0-9]([a-z0-9_-]{0,30}[a-z0-9])?$'),
  -- Where the machine asked from, for whoever is shown the question, and what counts as one caller.
  address text not null check (length(address) <= 100),
  address_group text not null check (length(address_group) <= 100),
  -- Whoever opened the question first: nobody else can answer it.
  owner_id text,
  user_id text references "user" (id) on delete cascade,
  tier text check (tier in ('FREE', 'PRO', 'ENTERPRISE')),
  -- SHA-256 of what the page sends back.
  request_hash bytea unique check (octet_length(request_hash) = 32),
  decision text check (decision in ('allowed', 'denied')),
  -- How long the machine has to wait between asking, and when it last did.
  interval_seconds integer not null,
  polled_at timestamptz,
  redeemed_at timestamptz,
  key_id text references api_key (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index device_login_expires_idx on device_login (expires_at);

-- Wrong codes that somebody typed lately.
create table device_miss (
  person text primary key,
  misses integer not null,
  since timestamptz not null default now()
);

-- What a member allowed opens nothing any more once they are none.
create function forget_device_logins_of_member() returns trigger language plpgsql as $$
begin
  delete from device_login
  where owner_id = old."organizationId" and user_id = old."userId" and redeemed_at is null;
  return old;
end $$;
create trigger forget_device_logins_of_member after delete on "member"
  for each row execute function forget_device_logins_of_member();
