-- history(): who may call it, and what it gives.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET langchef_guard.mode = record;

CREATE ROLE lcg_history_auditor;
CREATE ROLE lcg_history_nobody;
SELECT langchef_guard.grant_auditor('lcg_history_auditor') \g /dev/null
CREATE SCHEMA app;
CREATE TABLE app.t (a int, b int);
ALTER TABLE app.t RENAME b TO c;
CREATE TABLE app.u (n int);
ALTER TABLE app.t RENAME TO "T x";

SELECT no_plan();
SELECT function_returns('langchef_guard', 'history', ARRAY['text'], 'setof record');
SELECT volatility_is('langchef_guard', 'history', ARRAY['text'], 'volatile');
SELECT is_strict('langchef_guard', 'history', ARRAY['text']);
SELECT function_privs_are('langchef_guard', 'history', ARRAY['text'], 'lcg_history_nobody', ARRAY[]::text[]);
SELECT function_privs_are('langchef_guard', 'history', ARRAY['text'], 'lcg_history_auditor', ARRAY['EXECUTE']);

CREATE TEMP TABLE wanted AS SELECT ledger_id, name FROM langchef_guard.history('app.t');
GRANT SELECT ON wanted TO lcg_history_auditor;
SELECT is(count(*), 3::bigint, 'made, and two names') FROM wanted;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO lcg_history_auditor, lcg_history_nobody;
SET ROLE lcg_history_auditor;
SELECT results_eq('SELECT ledger_id, name FROM langchef_guard.history(''app."T x"'')', 'SELECT ledger_id, name FROM wanted',
    'an auditor sees the same, without the right to read the ledger');
SELECT throws_ok('SELECT * FROM langchef_guard.ledger', '42501');
SET ROLE lcg_history_nobody;
SELECT throws_ok('SELECT * FROM langchef_guard.history(''app.t'')', '42501');
RESET ROLE;

SELECT is(ARRAY(SELECT h.ledger_id FROM langchef_guard.history('app.t') h), ARRAY(SELECT h.ledger_id FROM langchef_guard.history('app.t') h ORDER BY 1), 'in the order of the ledger');
SELECT results_eq('SELECT h.ledger_id, h.recorded_at, h.role, h.command_tag, h.operation, h.name, h.statement, h.migration, h.source, h.differences FROM langchef_guard.history(''app.t'') h',
    'SELECT c.id, c.recorded_at, c.outer_role, c.command_tag, c.operation, c.identity, c.statement, c.migration, c.source, c.difference FROM langchef_guard.changes c
      WHERE (classid, objid) = (1259, ''app."T x"''::regclass) ORDER BY id', 'and as changes shows them');
SELECT is((SELECT string_agg(h.differences ->> 0, '; ') FROM langchef_guard.history('app.t.c') h WHERE h.operation = 'alter'),
    (SELECT difference ->> 0 FROM langchef_guard.ledger WHERE difference -> 0 ->> 'after' = 'column:app.t.c'), 'of a column its own differences only');
SELECT is((SELECT count(*) FROM langchef_guard.history('app.u')), 1::bigint);
SELECT throws_ok('SELECT * FROM langchef_guard.history(''app.v'')', '42704', 'the ledger knows no object "app.v"');

-- A number that the server gives again is another object's.
SET langchef_guard.mode = off;
INSERT INTO langchef_guard.ledger (recorded_at, transaction_at, xid, system_identifier, session_id, backend_pid, authenticated_role, session_role, outer_role,
       effective_role, source, command_tag, operation, object_type, identity, classid, objid, objsubid)
SELECT now(), now(), pg_current_xact_id(), 0, 'x', 1, 'x', 'x', 'x', 'x', 'event', tag, operation, 'table', 'app.old', 1259, 'app."T x"'::regclass, 0
  FROM (VALUES ('CREATE TABLE', 'create'), ('DROP TABLE', 'drop')) AS row (tag, operation);
SET langchef_guard.mode = record;
SELECT is((SELECT count(*) FROM langchef_guard.history('app.t')), 3::bigint, 'a namesake by number is left out');
SELECT is((SELECT count(*) FROM langchef_guard.history('app.old')), 2::bigint, 'and has a history of its own');
SELECT * FROM finish();
