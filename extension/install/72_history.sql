CREATE FUNCTION langchef_guard.history(object text)
    RETURNS TABLE (ledger_id bigint, recorded_at timestamptz, role name, command_tag text, operation text, kind text, name text,
                   statement text, migration text, revision text, source text, differences jsonb)
    LANGUAGE c VOLATILE STRICT SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_history';
COMMENT ON FUNCTION langchef_guard.history(text)
    IS 'what the ledger knows of an object or a part of one, across renames and when it is gone: history(''public.prompts.version'')';
REVOKE ALL ON FUNCTION langchef_guard.history(text) FROM PUBLIC;
