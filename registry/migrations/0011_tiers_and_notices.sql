-- What accounts may use: tiers that their keys follow, rates of single keys, and word of changes to other
-- nodes.

alter table api_key
  -- Whether rate_limits hold instead of the account's, as an admin set them, or beside those.
  add column rates_replace_tier boolean not null default false,
  -- The key that this one follows by rotation: their rates are counted together. null: itself.
  add column rates_counted_as text;

-- A key has the tier of its account, whatever whoever made it believed.
create function follow_tier_of_account() returns trigger language plpgsql as $$
declare
  account_tier text;
begin
  -- Locked, so that a tier that changes meanwhile comes after this key, and finds it.
  select tier into account_tier from account_setting where tenant = new.owner_id for share;
  new.tier := coalesce(account_tier, new.tier);
  return new;
end $$;
create trigger follow_tier before insert on api_key
  for each row execute function follow_tier_of_account();

create function take_keys_along() returns trigger language plpgsql as $$
begin
  update api_key set tier = new.tier where owner_id = new.tenant and tier <> new.tier;
  return new;
end $$;
create trigger take_keys_along after insert or update of tier on account_setting
  for each row execute function take_keys_along();

-- Whoever takes over the installation goes on with what its owner had.
create or replace function open_user_account() returns trigger language plpgsql as $$
declare
  is_first boolean;
begin
  insert into installation default values on conflict do nothing;
  is_first := found;
  insert into account_setting (id, tenant, is_admin, tier)
  values (new."id", case when is_first then 'local' else new."id" end, is_first,
    case when is_first then 'ENTERPRISE' else 'FREE' end);
  return new;
end $$;
update account_setting set tier = 'ENTERPRISE' where tenant = 'local';

-- Nodes keep keys, secrets, pins and tiers in memory. They are told what to forget when a change is
-- committed; until a node hears, or where it cannot, what it keeps is a second old at most.
create function tell_change() returns trigger language plpgsql as $$
declare
  changed jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  word jsonb := jsonb_build_object('kind', tg_argv[0]);
  field text;
begin
  -- Only what tells which: never a whole row.
  foreach field in array tg_argv[1]::text[] loop
    word := word || jsonb_build_object(field, changed -> field);
  end loop;
  perform pg_notify('airlock_changes', word::text);
  return null;
end $$;
-- Not of last_used_at, which changes all the time.
create trigger tell_change after delete or update of secret_hash, scopes, collections, ceiling, tier,
    rate_limits, rates_replace_tier, expires_at, revoked_at on api_key
  for each row execute function tell_change('key', '{id}');
create trigger tell_change after insert or delete or update on secret
  for each row execute function tell_change('secrets', '{owner_id,collection_id}');
create trigger tell_change after insert or delete or update on tool_pin
  for each row execute function tell_change('pin', '{collection_id,tool_id}');

create function tell_tiers() returns trigger language plpgsql as $$
begin
  perform pg_notify('airlock_changes', '{"kind":"tiers"}');
  return null;
end $$;
create trigger tell_change after insert or delete or update on tier_limit
  for each statement execute function tell_tiers();
