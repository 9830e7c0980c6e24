CREATE FUNCTION langchef_guard.compare(a text, b text)
    RETURNS TABLE (drift_id text, severity text, operation text, kind text, object text, parent text, attribute text,
                   expected text, actual text, detail text, implied_by text)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_compare';
COMMENT ON FUNCTION langchef_guard.compare(text, text)
    IS 'differences of one registered schema (b, the actual one) from another (a, the expected one), whatever their options';
REVOKE ALL ON FUNCTION langchef_guard.compare(text, text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.has_no_drift(name text DEFAULT NULL) RETURNS SETOF text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_has_no_drift';
COMMENT ON FUNCTION langchef_guard.has_no_drift(text)
    IS 'a test of the Test Anything Protocol: that the catalogs are as an expected schema says; a part of the plan of pgTAP where there is one';
REVOKE ALL ON FUNCTION langchef_guard.has_no_drift(text) FROM PUBLIC;

CREATE FUNCTION langchef_guard.drift_by_schema(name text DEFAULT NULL)
    RETURNS TABLE (schema text, security bigint, breaking bigint, data bigint, performance bigint, cosmetic bigint, coverage bigint,
                   total bigint, suppressed bigint, caused_by text)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_drift_by_schema';
COMMENT ON FUNCTION langchef_guard.drift_by_schema(text)
    IS 'counts of differences by severity for each schema that has any, and who made them; last, without a name, for what is in no schema';
REVOKE ALL ON FUNCTION langchef_guard.drift_by_schema(text) FROM PUBLIC;

-- Columns of a width that fits a screen; what follows from a difference is counted with it.
CREATE FUNCTION langchef_guard.drift_report(name text DEFAULT NULL)
    RETURNS TABLE (severity text, object text, difference text, caused_by text)
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH RECURSIVE found AS MATERIALIZED (SELECT * FROM langchef_guard.drift($1) WITH ORDINALITY d),
    followed (drift_id, root) AS (
        SELECT f.drift_id, f.drift_id FROM found f WHERE f.implied_by IS NULL
        UNION ALL
        SELECT f.drift_id, r.root FROM found f JOIN followed r ON r.drift_id OPERATOR(pg_catalog.=) f.implied_by
    ),
    counted AS (
        SELECT r.root, pg_catalog.count(*) OPERATOR(pg_catalog.-) 1 AS more FROM followed r GROUP BY r.root
    ),
    said AS (
        SELECT f.severity, f.object, f.caused_by, f.ordinality,
               CASE WHEN f.operation OPERATOR(pg_catalog.=) 'changed'
                    THEN pg_catalog.concat(f.attribute, ': ', COALESCE(f.expected, '(none)'), ' -> ', COALESCE(f.actual, '(none)'))
                    WHEN f.attribute IS NOT NULL THEN pg_catalog.concat(f.attribute, ' ', pg_catalog.replace(f.operation, '_', ' '))
                    ELSE pg_catalog.concat(pg_catalog.replace(f.operation, '_', ' '), ' ', f.kind) END AS difference,
               CASE WHEN c.more OPERATOR(pg_catalog.>) 0 THEN pg_catalog.concat(' (+', c.more, ')') ELSE '' END AS more
          FROM found f JOIN counted c ON c.root OPERATOR(pg_catalog.=) f.drift_id
    )
    SELECT s.severity,
           CASE WHEN pg_catalog.length(s.object) OPERATOR(pg_catalog.>) 32
                THEN '...' OPERATOR(pg_catalog.||) pg_catalog."right"(s.object, 29) ELSE s.object END,
           CASE WHEN pg_catalog.length(t.line) OPERATOR(pg_catalog.+) pg_catalog.length(s.more) OPERATOR(pg_catalog.>) 34
                THEN pg_catalog."left"(t.line, 31 OPERATOR(pg_catalog.-) pg_catalog.length(s.more)) OPERATOR(pg_catalog.||) '...'
                ELSE t.line END OPERATOR(pg_catalog.||) s.more,
           CASE WHEN pg_catalog.length(s.caused_by) OPERATOR(pg_catalog.>) 12
                THEN pg_catalog."left"(s.caused_by, 9) OPERATOR(pg_catalog.||) '...' ELSE s.caused_by END
      FROM said s, LATERAL (SELECT langchef_guard.shown(s.difference)) AS t (line)
     ORDER BY s.ordinality;
END;
COMMENT ON FUNCTION langchef_guard.drift_report(text)
    IS 'drift() for a screen: one short line for each difference that stands for itself (attribute: expected -> actual), with how many more follow from it';
REVOKE ALL ON FUNCTION langchef_guard.drift_report(text) FROM PUBLIC;
