\echo Use "CREATE EXTENSION langchef_guard" to load this file. \quit

SET LOCAL search_path TO pg_catalog, pg_temp;

-- A schema of this name that exists already is an error, never adopted.
CREATE SCHEMA langchef_guard;
COMMENT ON SCHEMA langchef_guard IS 'guard of the schema: ledger, approvals, drift';
-- Everybody may present a token and read the status; each object has its own grants.
GRANT USAGE ON SCHEMA langchef_guard TO PUBLIC;
