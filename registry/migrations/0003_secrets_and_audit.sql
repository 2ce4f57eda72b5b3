-- Secrets: values sealed under a key of their account, which is sealed under the master key.
create table secret_data_key (
  owner_id text primary key,
  -- Which master key sealed it: the start of that key's digest.
  master_id text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  resealed_at timestamptz
);

create table secret (
  id text primary key,
  owner_id text not null references secret_data_key (owner_id) on delete cascade,
  -- null: of the account itself.
  collection_id text,
  name text not null check (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,127}$'),
  sealed bytea not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique nulls not distinct (owner_id, collection_id, name)
);

-- Without its key, what an account sealed is noise, in backups too.
create function shred_secrets() returns trigger language plpgsql as $$
begin
  if old.tenant <> 'local' then
    delete from secret_data_key where owner_id = old.tenant;
  end if;
  return old;
end $$;
create trigger shred_secrets after delete on account_setting
  for each row execute function shred_secrets();

-- Who changed what about permission. Rows are added and never changed: the database refuses it.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  owner_id text not null,
  actor_kind text not null check (actor_kind in ('owner', 'user', 'key', 'anonymous', 'system')),
  actor_user_id text,
  actor_key_id text,
  request_id text,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  details jsonb not null default '{}'
);
create index audit_log_owner_idx on audit_log (owner_id, id desc);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit_log takes new rows only' using errcode = 'insufficient_privilege';
end $$;
create trigger refuse_audit_change before update or delete on audit_log
  for each row execute function refuse_audit_change();
create trigger refuse_audit_truncate before truncate on audit_log
  for each statement execute function refuse_audit_change();

-- better-auth changes its tables itself: what it does is noted by the database, in the same transaction.
create function note_people_change() returns trigger language plpgsql as $$
declare
  row_now jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  account_id text := coalesce(row_now ->> 'organizationId', row_now ->> 'userId', row_now ->> 'id');
  noted text[] := tg_argv[0]::text[];
begin
  if tg_op = 'UPDATE' and not exists (
    select from unnest(noted) as field
    where to_jsonb(old) ->> field is distinct from to_jsonb(new) ->> field
  ) then
    return new;
  end if;
  insert into audit_log (owner_id, actor_kind, actor_user_id, action, subject_kind, subject_id, details)
  values (
    coalesce((select tenant from account_setting where id = account_id), account_id),
    'system',
    coalesce(row_now ->> 'userId', case when tg_table_name = 'user' then row_now ->> 'id' end),
    tg_table_name || '.' ||
      case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end,
    tg_table_name,
    row_now ->> 'id',
    -- Never whole rows: they hold password hashes and tokens.
    (select coalesce(jsonb_object_agg(field, row_now -> field), '{}')
      from unnest(noted) as field where row_now ? field and field <> 'password')
  );
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger note_change after insert or update or delete on "user"
  for each row execute function note_people_change('{email,emailVerified}');
create trigger note_change after insert or update or delete on "account"
  for each row execute function note_people_change('{providerId,password}');
create trigger note_change after insert or update or delete on "organization"
  for each row execute function note_people_change('{slug}');
create trigger note_change after insert or update or delete on "member"
  for each row execute function note_people_change('{role}');
create trigger note_change after insert or update or delete on "invitation"
  for each row execute function note_people_change('{email,role,status}');
