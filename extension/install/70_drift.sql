CREATE VIEW langchef_guard.expected_schemas AS
    SELECT s.name, s.active, s.source, s.registered_at, s.registered_by, s.revision, s.server_version_num, s.encoding, s.facts,
           s.digest, COALESCE(o.options, '{}') AS options
      FROM langchef_guard.expected_schema s
      LEFT JOIN langchef_guard.expected_option o ON o.schema_name OPERATOR(pg_catalog.=) s.name;
COMMENT ON VIEW langchef_guard.expected_schemas IS 'registered expected schemas; drift() without a name uses the active one';
COMMENT ON COLUMN langchef_guard.expected_schemas.options IS 'options of configure_expected() that differ from their defaults';
REVOKE ALL ON TABLE langchef_guard.expected_schemas FROM PUBLIC;

CREATE FUNCTION langchef_guard.snapshot() RETURNS SETOF text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_snapshot';
COMMENT ON FUNCTION langchef_guard.snapshot() IS 'this database''s schema as lines of JSON: a header, then one fact per line';
REVOKE ALL ON FUNCTION langchef_guard.snapshot() FROM PUBLIC;

CREATE FUNCTION langchef_guard.register_expected(name text) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_register_expected_live';
COMMENT ON FUNCTION langchef_guard.register_expected(text)
    IS 'registers the schema as it is now under a name, in place of an earlier one; returns the number of facts';
REVOKE ALL ON FUNCTION langchef_guard.register_expected(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.register_expected(name text, document text) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_register_expected_document';
COMMENT ON FUNCTION langchef_guard.register_expected(text, text)
    IS 'registers the lines that snapshot() returned, here or on another server, under a name; returns the number of facts';
REVOKE ALL ON FUNCTION langchef_guard.register_expected(text, text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.register_expected_lines(name text, source regclass) RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_register_expected_lines';
COMMENT ON FUNCTION langchef_guard.register_expected_lines(text, regclass)
    IS 'registers a snapshot that stands in the column "line" of a table, one line per row in the order they were loaded; returns the number of facts';
REVOKE ALL ON FUNCTION langchef_guard.register_expected_lines(text, regclass) FROM PUBLIC;

CREATE FUNCTION langchef_guard.register_expected_ddl(name text, ddl text, timeout interval DEFAULT '5 minutes') RETURNS bigint
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_register_expected_ddl';
COMMENT ON FUNCTION langchef_guard.register_expected_ddl(text, text, interval)
    IS 'registers the schema that DDL text, such as pg_dump --schema-only writes, makes in an empty database; returns the number of facts';
REVOKE ALL ON FUNCTION langchef_guard.register_expected_ddl(text, text, interval) FROM PUBLIC;

CREATE FUNCTION langchef_guard.unregister_expected(name text) RETURNS void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_unregister_expected';
COMMENT ON FUNCTION langchef_guard.unregister_expected(text) IS 'forgets a registered schema';
REVOKE ALL ON FUNCTION langchef_guard.unregister_expected(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.activate_expected(name text) RETURNS void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_activate_expected';
COMMENT ON FUNCTION langchef_guard.activate_expected(text) IS 'makes a registered schema the one that drift() uses without a name';
REVOKE ALL ON FUNCTION langchef_guard.activate_expected(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.expected_at(revision text DEFAULT NULL) RETURNS text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_expected_at';
COMMENT ON FUNCTION langchef_guard.expected_at(text)
    IS 'name of the expected schema that was registered at an Alembic revision; without one, at that of the database';
REVOKE ALL ON FUNCTION langchef_guard.expected_at(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.drift(name text DEFAULT NULL, include_suppressed boolean DEFAULT false)
    RETURNS TABLE (drift_id text, severity text, operation text, kind text, object text, parent text, attribute text,
                   expected text, actual text, detail text, implied_by text, caused_by text, caused_at timestamptz,
                   migration text, revision text, ledger_id bigint, session_role name, application_name text,
                   statement text, blame text, suppressed_by text)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_drift';
COMMENT ON FUNCTION langchef_guard.drift(text, boolean)
    IS 'differences of the catalogs from an expected schema, and who made them; without a name, from the active one; those that do not count only when they are asked for';
REVOKE ALL ON FUNCTION langchef_guard.drift(text, boolean) FROM PUBLIC;

CREATE FUNCTION langchef_guard.is_clean(name text DEFAULT NULL) RETURNS boolean
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_is_clean';
COMMENT ON FUNCTION langchef_guard.is_clean(text) IS 'whether the catalogs are as an expected schema says';
REVOKE ALL ON FUNCTION langchef_guard.is_clean(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.assert_no_drift(name text DEFAULT NULL) RETURNS void
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_assert_no_drift';
COMMENT ON FUNCTION langchef_guard.assert_no_drift(text) IS 'raises LG004 when the catalogs differ from an expected schema';
REVOKE ALL ON FUNCTION langchef_guard.assert_no_drift(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.drift_summary(name text DEFAULT NULL)
    RETURNS TABLE (severity text, operation text, kind text, differences bigint, caused_by text)
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH found AS MATERIALIZED (SELECT * FROM langchef_guard.drift($1, true) d),
    counted AS (
        SELECT f.severity, f.operation, f.kind, pg_catalog.count(*) AS differences,
               pg_catalog.string_agg(DISTINCT f.caused_by, ', ' ORDER BY f.caused_by) AS caused_by,
               CASE f.severity WHEN 'security' THEN 1 WHEN 'breaking' THEN 2 WHEN 'data' THEN 3 WHEN 'performance' THEN 4
                               WHEN 'cosmetic' THEN 5 ELSE 6 END AS weight
          FROM found f WHERE f.suppressed_by IS NULL
         GROUP BY f.severity, f.operation, f.kind
    ),
    shown AS (
        SELECT c.severity, c.operation, c.kind, c.differences, c.caused_by, c.weight FROM counted c
        UNION ALL
        SELECT 'total', NULL, NULL, pg_catalog.count(*),
               pg_catalog.string_agg(DISTINCT f.caused_by, ', ' ORDER BY f.caused_by), 7
          FROM found f WHERE f.suppressed_by IS NULL
        UNION ALL
        SELECT 'suppressed', NULL, NULL, pg_catalog.count(*),
               pg_catalog.string_agg(DISTINCT f.caused_by, ', ' ORDER BY f.caused_by), 8
          FROM found f WHERE f.suppressed_by IS NOT NULL AND f.kind OPERATOR(pg_catalog.<>) 'option'
        UNION ALL
        SELECT 'left out', NULL, f.object, f.actual::bigint, NULL, 9 FROM found f WHERE f.kind OPERATOR(pg_catalog.=) 'option'
    )
    SELECT s.severity, s.operation, s.kind, s.differences, s.caused_by
      FROM shown s
     ORDER BY s.weight, s.operation, s.kind;
END;
COMMENT ON FUNCTION langchef_guard.drift_summary(text) IS
    'counts of differences by severity, operation and kind; then the total, how many do not count, and what options leave out';
REVOKE ALL ON FUNCTION langchef_guard.drift_summary(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.drift_json(name text DEFAULT NULL) RETURNS jsonb
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT COALESCE(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(d.*)), '[]') FROM langchef_guard.drift($1) d;
END;
COMMENT ON FUNCTION langchef_guard.drift_json(text) IS 'drift() as one JSON array';
REVOKE ALL ON FUNCTION langchef_guard.drift_json(text) FROM PUBLIC;
