-- Commands that take a difference away.
CREATE FUNCTION langchef_guard.repair(name text DEFAULT NULL, direction text DEFAULT 'to_expected', online boolean DEFAULT true)
    RETURNS TABLE (step integer, transaction integer, in_block boolean, effect text, rule text, needs_approval boolean, lock text,
                   object text, command text, detail text)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_repair';
COMMENT ON FUNCTION langchef_guard.repair(text, text, boolean)
    IS 'ordered commands that lead the database to an expected schema (to_expected), or a database of that schema to this one (to_actual)';
REVOKE ALL ON FUNCTION langchef_guard.repair(text, text, boolean) FROM PUBLIC;

-- A script for psql: steps of one transaction stand between BEGIN and COMMIT; what no command can do stands as a comment.
-- It stops at the first error: what follows counts on what went before, of which a transaction that failed left nothing.
CREATE FUNCTION langchef_guard.repair_script(name text DEFAULT NULL, direction text DEFAULT 'to_expected', online boolean DEFAULT true)
    RETURNS SETOF text
    LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH steps AS MATERIALIZED (SELECT * FROM langchef_guard.repair($1, $2, $3) r),
    marked AS (
        SELECT s.step, s.transaction, s.in_block, s.command, s.effect, s.rule, s.needs_approval, s.detail,
               s.command IS NOT NULL AND s.in_block
               AND s.step OPERATOR(pg_catalog.=) pg_catalog.min(s.step) FILTER (WHERE s.command IS NOT NULL) OVER of_transaction AS first,
               s.command IS NOT NULL AND s.in_block
               AND s.step OPERATOR(pg_catalog.=) pg_catalog.max(s.step) FILTER (WHERE s.command IS NOT NULL) OVER of_transaction AS last
          FROM steps s
        WINDOW of_transaction AS (PARTITION BY s.transaction)
    )
    (SELECT E'-- Later steps need the earlier ones: psql is to stop at the first that fails.\n\\set ON_ERROR_STOP on\n'
      '-- Names are written whole: nobody''s function or operator is to be taken for another.\nSET search_path = '''';'
      FROM steps s
     LIMIT 1)
    UNION ALL
    (SELECT pg_catalog.concat(
               CASE WHEN m.detail IS NOT NULL OR m.needs_approval OR m.effect OPERATOR(pg_catalog.=) 'data_loss' THEN
                   pg_catalog.concat('-- ', pg_catalog.concat_ws(' ', m.effect, m.rule, CASE WHEN m.needs_approval THEN '(needs approval)' END,
                                                                  pg_catalog.translate(m.detail, E'\n\r', '  ')), E'\n') END,
               CASE WHEN m.first THEN E'BEGIN;\n' END,
               CASE WHEN m.command IS NOT NULL THEN pg_catalog.concat(m.command, ';') END,
               CASE WHEN m.last THEN E'\nCOMMIT;' END)
      FROM marked m
     ORDER BY m.step);
END;
COMMENT ON FUNCTION langchef_guard.repair_script(text, text, boolean) IS 'repair() as lines of a script for psql';
REVOKE ALL ON FUNCTION langchef_guard.repair_script(text, text, boolean) FROM PUBLIC;

CREATE FUNCTION langchef_guard.undo(ledger_id bigint, online boolean DEFAULT true)
    RETURNS TABLE (step integer, transaction integer, in_block boolean, effect text, rule text, needs_approval boolean, lock text,
                   object text, command text, detail text)
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_undo';
COMMENT ON FUNCTION langchef_guard.undo(bigint, boolean)
    IS 'ordered commands that take back what the command of a ledger row did to definitions';
REVOKE ALL ON FUNCTION langchef_guard.undo(bigint, boolean) FROM PUBLIC;

CREATE FUNCTION langchef_guard.schema_at(at timestamptz) RETURNS SETOF text
    LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
    AS 'MODULE_PATHNAME', 'lcg_schema_at';
COMMENT ON FUNCTION langchef_guard.schema_at(timestamptz) IS 'the schema as the ledger says it was at a time, as snapshot() gives it';
REVOKE ALL ON FUNCTION langchef_guard.schema_at(timestamptz) FROM PUBLIC;
