-- What every object of the extension promises: comments, fixed search_path, privileges, ownership, membership.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;

-- What everybody may call and read; all else is granted by hand.
CREATE TEMP VIEW open_to_all (signature) AS VALUES
    ('langchef_guard.status()'), ('langchef_guard.rules()'), ('langchef_guard.version()'), ('langchef_guard.use_token(text)'),
    ('langchef_guard.shown(text)'), ('langchef_guard.shown_statement(text)'),
    ('langchef_guard.my_proposals');
CREATE TEMP VIEW functions AS
    SELECT p.*, p.oid::regprocedure::text AS signature FROM pg_proc AS p WHERE p.pronamespace = 'langchef_guard'::regnamespace;
CREATE TEMP VIEW relations AS
    SELECT c.*, c.oid::regclass::text AS signature FROM pg_class AS c
    WHERE c.relnamespace = 'langchef_guard'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'S', 'f');
CREATE TEMP VIEW members AS
    SELECT d.classid, d.objid FROM pg_depend AS d JOIN pg_extension AS e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' AND e.extname = 'langchef_guard';
GRANT SELECT ON open_to_all, functions, relations TO PUBLIC;
CREATE ROLE lcg_nobody;

-- The SQLSTATE a statement ends with, run by the role that runs this.
CREATE FUNCTION public.sqlstate_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
    RETURN '00000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SELECT no_plan();

-- The functions of the contract, by name.
SELECT is(ARRAY(SELECT name FROM unnest(ARRAY['approve', 'reject', 'revoke', 'issue_token', 'use_token', 'snapshot', 'register_expected', 'register_expected_lines', 'register_expected_ddl', 'expected_at',
        'unregister_expected', 'activate_expected', 'drift', 'drift_summary', 'is_clean', 'assert_no_drift', 'compare', 'has_no_drift', 'drift_report',
        'drift_by_schema', 'configure_expected', 'ignore_drift', 'unignore_drift', 'accept_drift', 'unaccept_drift', 'repair', 'repair_script', 'undo', 'schema_at', 'history', 'status', 'rules', 'version']) AS name
    WHERE NOT EXISTS (SELECT FROM functions AS f WHERE f.proname = name)), '{}', 'every function of the contract exists');
SELECT is(ARRAY(SELECT name FROM unnest(ARRAY['ledger', 'proposal', 'approval', 'policy', 'expected_schema', 'expected_object', 'known_object',
        'alembic_step', 'changes', 'proposals', 'approvals', 'my_proposals', 'expected_schemas', 'expected_option', 'ignore_rule', 'ignore_rules',
        'accepted_difference', 'accepted_differences']) AS name
    WHERE to_regclass('langchef_guard.' || name) IS NULL), '{}', 'every relation of the contract exists');

-- Functions.
SELECT is(ARRAY(SELECT signature FROM functions WHERE coalesce(obj_description(oid, 'pg_proc'), '') = '' ORDER BY 1), '{}',
    'every function has a comment');
SELECT is(ARRAY(SELECT signature FROM functions WHERE NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false) ORDER BY 1),
    '{langchef_guard.ddl_command_start()}', 'every function fixes its search_path, but for the one that resolves the names of others');
SELECT is(ARRAY(SELECT signature FROM functions WHERE prosecdef ORDER BY 1), '{}', 'no function runs as its owner');
SELECT is(ARRAY(SELECT signature FROM functions WHERE proparallel = 's' AND provolatile = 'v' ORDER BY 1), '{}', 'no volatile function is parallel safe');
SELECT is(ARRAY(SELECT signature FROM functions AS f
    WHERE has_function_privilege('lcg_nobody', f.oid, 'EXECUTE') <> EXISTS (SELECT FROM open_to_all AS o WHERE o.signature = f.signature) ORDER BY 1),
    '{}', 'everybody may call what is meant for everybody, and nothing else');
SELECT is(ARRAY(SELECT signature FROM functions AS f JOIN pg_language AS l ON l.oid = f.prolang WHERE l.lanname NOT IN ('c', 'sql') ORDER BY 1), '{}',
    'functions are C or SQL');

-- Relations.
SELECT is(ARRAY(SELECT signature FROM relations WHERE relkind <> 'S' AND coalesce(obj_description(oid, 'pg_class'), '') = '' ORDER BY 1), '{}',
    'every relation has a comment');
SELECT is(ARRAY(SELECT r.signature || ' ' || p.privilege FROM relations AS r,
        unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (privilege)
    WHERE r.relkind <> 'S' AND has_table_privilege('lcg_nobody', r.oid, p.privilege)
      AND NOT (p.privilege = 'SELECT' AND EXISTS (SELECT FROM open_to_all AS o WHERE o.signature = r.signature)) ORDER BY 1), '{}',
    'everybody may read what is meant for everybody, and write nothing');
SELECT is(ARRAY(SELECT r.signature FROM relations AS r, unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) AS p (privilege)
    WHERE r.relkind = 'S' AND has_sequence_privilege('lcg_nobody', r.oid, p.privilege)), '{}', 'and use no sequence');
SELECT is(ARRAY(SELECT r.signature FROM relations AS r WHERE r.relkind = 'v' AND EXISTS (SELECT FROM open_to_all AS o WHERE o.signature = r.signature)
        AND NOT coalesce('security_barrier=true' = ANY (r.reloptions), false)), '{}', 'a view open to all is a security barrier');
SELECT is(ARRAY(SELECT signature FROM relations WHERE relkind = 'r' AND relpersistence <> 'p'), '{}', 'every table is durable');
SELECT is(ARRAY(SELECT c.conname::text FROM pg_constraint AS c JOIN relations AS r ON r.oid = c.conrelid WHERE NOT c.convalidated), '{}',
    'every constraint is validated');

-- The dump takes the record along; what is derived or bound to this database stays.
SELECT is(ARRAY(SELECT r.signature FROM relations AS r WHERE r.relkind = 'r'
        AND NOT r.oid = ANY (SELECT unnest(extconfig) FROM pg_extension WHERE extname = 'langchef_guard') ORDER BY 1),
    ARRAY(SELECT s FROM unnest(ARRAY['langchef_guard.baseline_state', 'langchef_guard.catalog_map', 'langchef_guard.digest_key', 'langchef_guard.expected_stamp', 'langchef_guard.known_object']) AS s ORDER BY 1),
    'every table is dumped but for what is derived');

-- The extension.
SELECT is((SELECT extrelocatable FROM pg_extension WHERE extname = 'langchef_guard'), false, 'the extension is not relocatable');
SELECT is((SELECT extversion FROM pg_extension WHERE extname = 'langchef_guard'), langchef_guard.version(), 'script and library have one version');
SELECT is((SELECT ARRAY[superuser, trusted] FROM pg_available_extension_versions WHERE name = 'langchef_guard' AND installed), '{t,f}',
    'only superusers install it');
SELECT is(ARRAY(SELECT f.signature FROM functions AS f WHERE NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_proc'::regclass AND m.objid = f.oid)
    UNION ALL SELECT r.signature FROM relations AS r WHERE r.relkind <> 'S'
        AND NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_class'::regclass AND m.objid = r.oid)), '{}', 'all of the schema belongs to the extension');
SELECT is((SELECT count(*) FROM members WHERE classid = 'pg_namespace'::regclass AND objid = 'langchef_guard'::regnamespace), 1::bigint, 'the schema does, too');
SELECT is(ARRAY(SELECT f.signature FROM functions AS f WHERE f.proowner <> (SELECT extowner FROM pg_extension WHERE extname = 'langchef_guard')
    UNION ALL SELECT r.signature FROM relations AS r WHERE r.relowner <> (SELECT extowner FROM pg_extension WHERE extname = 'langchef_guard')), '{}',
    'all belongs to the owner of the extension');
SELECT is(ARRAY(SELECT concat_ws(' ', evtname, evtevent, evtenabled) FROM pg_event_trigger WHERE evtname LIKE 'langchef_guard%' ORDER BY 1),
    '{"langchef_guard_ddl_command_end ddl_command_end A","langchef_guard_ddl_command_start ddl_command_start A","langchef_guard_sql_drop sql_drop A"}',
    'the event triggers fire always');
SELECT is(ARRAY(SELECT evtname::text FROM pg_event_trigger AS t WHERE evtname LIKE 'langchef_guard%'
        AND NOT EXISTS (SELECT FROM members AS m WHERE m.classid = 'pg_event_trigger'::regclass AND m.objid = t.oid)), '{}', 'and belong to the extension');
SELECT is(ARRAY(SELECT evtname::text FROM pg_event_trigger AS t WHERE evtname LIKE 'langchef_guard%'
        AND coalesce(obj_description(t.oid, 'pg_event_trigger'), '') = ''), '{}', 'and have comments');
SELECT throws_ok('CREATE EXTENSION langchef_guard', '42710', NULL, 'it is installed once');
SELECT throws_ok('ALTER EXTENSION langchef_guard SET SCHEMA public', '0A000', NULL, 'and stays in its schema');

-- A role without privileges, function by function and table by table.
SET ROLE lcg_nobody;
SELECT is(public.sqlstate_of(call), '42501', call || ' is refused to nobody')
FROM (SELECT format('SELECT %s(%s)', f.oid::regproc,
             (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n) FROM unnest(f.proargtypes) WITH ORDINALITY AS a (t, n))) AS call
      FROM functions AS f
      WHERE f.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
        AND NOT EXISTS (SELECT FROM open_to_all AS o WHERE o.signature = f.signature)
      ORDER BY 1) AS calls;
-- What would change the guard itself is refused to everybody alike, and filed.
SELECT is(public.sqlstate_of(statement), CASE WHEN statement ~ '^(TRUNCATE|DROP|ALTER|CREATE)' THEN 'LG003' ELSE '42501' END, statement || ' is refused to nobody')
FROM (SELECT format(form, r.signature) AS statement
      FROM relations AS r,
           unnest(ARRAY['SELECT FROM %s', 'INSERT INTO %s DEFAULT VALUES', 'DELETE FROM %s', 'TRUNCATE %s', 'DROP TABLE %s', 'LOCK TABLE %s',
               'ALTER TABLE %s ADD COLUMN x int',
               'CREATE TRIGGER x BEFORE INSERT ON %s EXECUTE FUNCTION suppress_redundant_updates_trigger()']) AS form
      WHERE r.relkind = 'r' ORDER BY r.signature, form) AS statements;
SELECT is(public.sqlstate_of('SELECT FROM ' || signature), '42501', signature || ' is refused to nobody')
FROM (SELECT r.signature FROM relations AS r
      WHERE r.relkind IN ('v', 'S') AND NOT EXISTS (SELECT FROM open_to_all AS o WHERE o.signature = r.signature) ORDER BY 1) AS others;
SELECT is(public.sqlstate_of(statement), CASE WHEN statement ~ '^(CREATE TABLE|DROP SCHEMA|ALTER EVENT|CREATE OR|ALTER FUNCTION)' THEN 'LG003' ELSE '42501' END,
          statement || ' is refused to nobody') FROM unnest(ARRAY[
    'CREATE TABLE langchef_guard.x ()', 'DROP SCHEMA langchef_guard CASCADE', 'DROP EXTENSION langchef_guard', 'ALTER EXTENSION langchef_guard UPDATE',
    'SET langchef_guard.mode = ''off''', 'SET langchef_guard.four_eyes = on', 'SET langchef_guard.proposal_timeout = 10',
    'SET langchef_guard.alembic_version_table = ''x''', 'SET langchef_guard.record_temp = on', 'ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE',
    'CREATE OR REPLACE FUNCTION langchef_guard.version() RETURNS text LANGUAGE sql AS ''SELECT 1::text''',
    'ALTER FUNCTION langchef_guard.version() RESET ALL', 'SELECT nextval(''langchef_guard.proposal_id_seq'')']) AS statement;
SELECT is(public.sqlstate_of(statement), '00000', statement || ' is for everybody') FROM unnest(ARRAY[
    'SELECT FROM langchef_guard.status()', 'SELECT FROM langchef_guard.rules()', 'SELECT langchef_guard.version()', 'SELECT langchef_guard.use_token(''lcg_' || repeat('0', 64) || ''')',
    'SELECT FROM langchef_guard.my_proposals', 'SET langchef_guard.migration = ''x''', 'SET langchef_guard.approval_token = ''''']) AS statement;
RESET ROLE;

-- The token cannot be read back.
SET langchef_guard.approval_token = 'lcg_secret';
SELECT is(current_setting('langchef_guard.approval_token'), '', 'current_setting() does not show the token');
SELECT is((SELECT count(*) FROM pg_settings WHERE name = 'langchef_guard.approval_token' OR setting LIKE '%secret%'), 0::bigint, 'nor does pg_settings');
RESET langchef_guard.approval_token;

SELECT * FROM finish();
