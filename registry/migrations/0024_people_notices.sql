-- Nodes are told when the first user takes over an installation: from then on whoever has the machine is
-- its owner no longer. See `tell_change` in migration 0011.

create trigger tell_change after insert on installation
  for each row execute function tell_change('people', '{}');
