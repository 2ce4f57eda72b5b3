-- The audit log names who changed people, where the program says so: better-auth writes its own tables.

create or replace function note_people_change() returns trigger language plpgsql as $$
declare
  row_now jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  account_id text := coalesce(row_now ->> 'organizationId', row_now ->> 'userId', row_now ->> 'id');
  noted text[] := tg_argv[0]::text[];
  -- As accounts/audit/actor_setting.ts writes it; nothing where nobody is known.
  actor jsonb := nullif(current_setting('airlock.actor', true), '')::jsonb;
  changed text[];
begin
  if tg_op = 'UPDATE' then
    select array_agg(field) into changed from unnest(noted) as field
    where to_jsonb(old) ->> field is distinct from to_jsonb(new) ->> field;
    if changed is null then
      return new;
    end if;
  end if;
  insert into audit_log (owner_id, actor_kind, actor_user_id, actor_key_id, request_id, action,
    subject_kind, subject_id, details)
  values (
    coalesce((select tenant from account_setting where id = account_id), account_id),
    coalesce(actor ->> 'kind', 'system'),
    case when actor is not null then actor ->> 'userId' else
      coalesce(row_now ->> 'userId', case when tg_table_name = 'user' then row_now ->> 'id' end)
    end,
    actor ->> 'keyId',
    actor ->> 'requestId',
    tg_table_name || '.' ||
      case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end,
    tg_table_name,
    row_now ->> 'id',
    -- Never whole rows: they hold password hashes and tokens.
    (select coalesce(jsonb_object_agg(field, row_now -> field), '{}')
      from unnest(noted || case when tg_table_name = 'member' then '{userId}'::text[] else '{}' end)
        as field
      where row_now ? field and field <> 'password')
      || case when changed is null then '{}' else jsonb_build_object('changed', changed) end
  );
  return case when tg_op = 'DELETE' then old else new end;
end $$;

create trigger note_change after update on account_setting
  for each row execute function note_people_change('{tier,is_admin}');

-- The first user takes over what the local owner had: its limits, too.
create or replace function open_user_account() returns trigger language plpgsql as $$
declare
  is_first boolean;
begin
  insert into installation default values on conflict do nothing;
  is_first := found;
  insert into account_setting (id, tenant, is_admin, tier)
  values (
    new."id",
    case when is_first then 'local' else new."id" end,
    is_first,
    case when is_first then 'ENTERPRISE' else 'FREE' end
  );
  return new;
end $$;

-- As in 0002, and told of: each key that ends with a membership has a line of its own.
create or replace function revoke_keys_of_member() returns trigger language plpgsql as $$
declare
  actor jsonb := nullif(current_setting('airlock.actor', true), '')::jsonb;
begin
  with revoked as (
    update api_key set revoked_at = now()
    where owner_id = old."organizationId" and user_id = old."userId" and revoked_at is null
    returning id, owner_id, name
  )
  insert into audit_log (owner_id, actor_kind, actor_user_id, actor_key_id, request_id, action,
    subject_kind, subject_id, details)
  select owner_id, coalesce(actor ->> 'kind', 'system'), actor ->> 'userId', actor ->> 'keyId',
    actor ->> 'requestId', 'key.revoked', 'key', id,
    jsonb_build_object('name', name, 'since', 'member.deleted')
  from revoked;
  return old;
end $$;
