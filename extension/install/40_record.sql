-- What writes the record.  The functions read and write through the server's
-- access methods, so they need nobody's privileges.
CREATE FUNCTION langchef_guard.ddl_command_end() RETURNS event_trigger
LANGUAGE c SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_ddl_command_end';
COMMENT ON FUNCTION langchef_guard.ddl_command_end() IS 'records what a command created or altered';
REVOKE ALL ON FUNCTION langchef_guard.ddl_command_end() FROM PUBLIC;

CREATE FUNCTION langchef_guard.sql_drop() RETURNS event_trigger
LANGUAGE c SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_sql_drop';
COMMENT ON FUNCTION langchef_guard.sql_drop() IS 'records what a command dropped';
REVOKE ALL ON FUNCTION langchef_guard.sql_drop() FROM PUBLIC;

CREATE FUNCTION langchef_guard.alembic_step_trigger() RETURNS trigger
LANGUAGE c SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_alembic_step_trigger';
COMMENT ON FUNCTION langchef_guard.alembic_step_trigger() IS 'records the steps of migrations; put on Alembic version tables as they appear';
REVOKE ALL ON FUNCTION langchef_guard.alembic_step_trigger() FROM PUBLIC;

CREATE FUNCTION langchef_guard.baseline() RETURNS void
LANGUAGE c VOLATILE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'lcg_baseline';
COMMENT ON FUNCTION langchef_guard.baseline() IS 'reads the definitions of all objects anew; for the install script';
REVOKE ALL ON FUNCTION langchef_guard.baseline() FROM PUBLIC;

-- ALWAYS: a session in replica role is recorded too.
CREATE EVENT TRIGGER langchef_guard_ddl_command_end ON ddl_command_end
    EXECUTE FUNCTION langchef_guard.ddl_command_end();
ALTER EVENT TRIGGER langchef_guard_ddl_command_end ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER langchef_guard_ddl_command_end IS 'langchef_guard records what a command created or altered';

CREATE EVENT TRIGGER langchef_guard_sql_drop ON sql_drop
    EXECUTE FUNCTION langchef_guard.sql_drop();
ALTER EVENT TRIGGER langchef_guard_sql_drop ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER langchef_guard_sql_drop IS 'langchef_guard records what a command dropped';

-- The ledger with the migration step each row belongs to: the first one that
-- ended in the same session after it.  One step can write the version table
-- several times (merging branches deletes and updates rows); writes that
-- follow each other without a change of the schema in between are one
-- boundary, up to a write that starts where an earlier one arrived.
CREATE VIEW langchef_guard.changes AS
SELECT l.id, l.recorded_at, l.transaction_at, l.xid, l.system_identifier, l.session_id, l.backend_pid,
       l.authenticated_role, l.session_role, l.outer_role, l.effective_role, l.application_name, l.client_addr,
       l.migration, l.revision_before, l.source, l.command_tag, l.operation, l.object_type, l.schema_name,
       langchef_guard.shown(l.identity) AS identity, l.classid, l.objid, l.objsubid, l.in_extension,
       langchef_guard.shown_statement(l.statement) AS statement, l.definition_before, l.definition_after,
       l.difference, l.class, l.rules, l.approval_id, l.subxid,
       step.revision_from, step.revision_to
  FROM langchef_guard.ledger AS l
  LEFT JOIN LATERAL (
        SELECT pg_catalog.string_agg(s.revision_from, ',' ORDER BY s.id) AS revision_from,
               pg_catalog.string_agg(s.revision_to, ',' ORDER BY s.id) AS revision_to
          FROM (SELECT a.system_identifier, a.session_id, a.last_ledger_id
                  FROM langchef_guard.alembic_step AS a
                 WHERE a.session_id OPERATOR(pg_catalog.=) l.session_id
                   AND a.system_identifier OPERATOR(pg_catalog.=) l.system_identifier
                   AND a.last_ledger_id OPERATOR(pg_catalog.>=) l.id
                 ORDER BY a.last_ledger_id
                 LIMIT 1) AS boundary
          JOIN langchef_guard.alembic_step AS s
            ON s.session_id OPERATOR(pg_catalog.=) boundary.session_id
           AND s.system_identifier OPERATOR(pg_catalog.=) boundary.system_identifier
           AND s.last_ledger_id OPERATOR(pg_catalog.=) boundary.last_ledger_id
         WHERE NOT EXISTS (
               SELECT FROM langchef_guard.alembic_step AS earlier
                 JOIN langchef_guard.alembic_step AS later
                   ON later.session_id OPERATOR(pg_catalog.=) earlier.session_id
                  AND later.system_identifier OPERATOR(pg_catalog.=) earlier.system_identifier
                  AND later.last_ledger_id OPERATOR(pg_catalog.=) earlier.last_ledger_id
                WHERE earlier.session_id OPERATOR(pg_catalog.=) s.session_id
                  AND earlier.system_identifier OPERATOR(pg_catalog.=) s.system_identifier
                  AND earlier.last_ledger_id OPERATOR(pg_catalog.=) s.last_ledger_id
                  AND earlier.id OPERATOR(pg_catalog.<) later.id
                  AND later.id OPERATOR(pg_catalog.<=) s.id
                  AND earlier.revision_to OPERATOR(pg_catalog.=) later.revision_from)
       ) AS step ON true;
COMMENT ON VIEW langchef_guard.changes IS 'the ledger with the Alembic revisions each change leads from and to';
REVOKE ALL ON TABLE langchef_guard.changes FROM PUBLIC;
