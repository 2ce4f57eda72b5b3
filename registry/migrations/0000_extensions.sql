-- Trigrams: search that forgives misspelling. A trusted extension since PostgreSQL 13, so the owner
-- of the database may create it.
create extension if not exists pg_trgm;
