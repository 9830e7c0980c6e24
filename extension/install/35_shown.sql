-- Whoever makes an object chooses its name, and somebody with more rights reads it, copies it, and
-- may run it.  The tables keep what was; views show it so that nothing in it acts on who looks.
CREATE FUNCTION langchef_guard.shown(name text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_shown';
COMMENT ON FUNCTION langchef_guard.shown(text) IS
    'a text with names in it on one line: names with control characters as Unicode literals, which mean the same in SQL';
REVOKE ALL ON FUNCTION langchef_guard.shown(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION langchef_guard.shown(text) TO PUBLIC;

CREATE FUNCTION langchef_guard.shown_statement(statement text) RETURNS text
    LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_shown_statement';
COMMENT ON FUNCTION langchef_guard.shown_statement(text) IS
    'a statement with no control characters but ends of lines, and with nothing in it that psql takes for a command of its own';
REVOKE ALL ON FUNCTION langchef_guard.shown_statement(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION langchef_guard.shown_statement(text) TO PUBLIC;
