-- Clients are told when a collection offers others of other servers and of bridges, as they are of its
-- pinned tools: see `tell_change` in migration 0011.

create trigger tell_change after insert or delete or update of name, allowed_tools, renames, enabled
  on mcp_server for each row execute function tell_change('lists', '{collection_id}');
create trigger tell_change after insert or delete or update of display_name, definition_hash
  on collection_bridge_tool for each row execute function tell_change('lists', '{collection_id}');

create function tell_server_lists() returns trigger language plpgsql as $$
declare
  collection text;
begin
  -- With the server itself gone, that was told already.
  select collection_id into collection from mcp_server
    where id = coalesce(new.server_id, old.server_id);
  if found then
    perform pg_notify('airlock_changes',
      jsonb_build_object('kind', 'lists', 'collection_id', collection)::text);
  end if;
  return null;
end $$;
create trigger tell_new after insert on mcp_server_tool
  for each row when (new.definition is not null) execute function tell_server_lists();
create trigger tell_gone after delete on mcp_server_tool
  for each row when (old.definition is not null) execute function tell_server_lists();
create trigger tell_changed after update on mcp_server_tool
  for each row when (new.digest is distinct from old.digest or new.gone <> old.gone)
  execute function tell_server_lists();
create trigger tell_new after insert or delete on mcp_server_offer
  for each row execute function tell_server_lists();
create trigger tell_changed after update on mcp_server_offer
  for each row when (new.offers <> old.offers) execute function tell_server_lists();
