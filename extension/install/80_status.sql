CREATE FUNCTION langchef_guard.status(OUT protection text, OUT state text, OUT detail text, OUT how_to_turn_on text)
    RETURNS SETOF record LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_status';
COMMENT ON FUNCTION langchef_guard.status() IS 'each protection of this database, on or off, and how to turn it on';
-- How well a database is guarded is no secret from those who work in it.
GRANT EXECUTE ON FUNCTION langchef_guard.status() TO PUBLIC;

CREATE FUNCTION langchef_guard.rules(OUT rule text, OUT name text, OUT class text, OUT action text, OUT description text)
    RETURNS SETOF record LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_rules';
COMMENT ON FUNCTION langchef_guard.rules() IS 'the rule catalogue with the default action of each rule';
GRANT EXECUTE ON FUNCTION langchef_guard.rules() TO PUBLIC;

CREATE FUNCTION langchef_guard.version() RETURNS text
    LANGUAGE c STABLE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_version';
COMMENT ON FUNCTION langchef_guard.version() IS 'version of the loaded library';
GRANT EXECUTE ON FUNCTION langchef_guard.version() TO PUBLIC;
