-- Differences that somebody ignores by a rule or accepts one by one.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE ROLE regress_lcg_exception SUPERUSER;
SET SESSION AUTHORIZATION regress_lcg_exception;
CREATE SCHEMA regress_exc;
CREATE TABLE regress_exc.t (a integer, b integer);
CREATE TABLE regress_exc."o'dd.T" ("x.y" integer);
CREATE VIEW regress_exc.v AS SELECT a FROM regress_exc.t;
SELECT langchef_guard.register_expected('regress') > 0 AS registered;
SELECT langchef_guard.configure_expected('regress', '{"schemas": ["regress_exc"], "outside_schemas": false}') IS NOT NULL AS configured;
CREATE VIEW pg_temp.found AS
    SELECT operation, kind, object, attribute, implied_by IS NOT NULL AS implied, regexp_replace(suppressed_by, ' at [^:]*:\d\d:[^:]*: ', ' at ...: ') AS suppressed_by
      FROM langchef_guard.drift('regress', true) WHERE kind <> 'option' ORDER BY object, attribute;
CREATE TABLE regress_exc.unexpected (a integer, b text);
ALTER TABLE regress_exc.t ALTER b SET DEFAULT 5;
ALTER TABLE regress_exc."o'dd.T" ALTER "x.y" SET NOT NULL;
DROP VIEW regress_exc.v;

-- A rule, with what it implies, and its mark.
SELECT langchef_guard.ignore_drift('view', NULL, 'regress\_exc.v%', 'views are made by the application') AS rule \gset
SELECT object, regexp_replace(suppressed_by, 'rule \d+', 'rule N') AS suppressed_by FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT count(*) FROM langchef_guard.drift('regress') WHERE object LIKE '%.v%';
SELECT severity, operation, kind, differences FROM langchef_guard.drift_summary('regress');
SELECT langchef_guard.unignore_drift(:rule, 'no more');
SELECT count(*) FROM langchef_guard.drift('regress') WHERE object LIKE '%.v%';
\set VERBOSITY sqlstate
SELECT langchef_guard.unignore_drift(:rule, 'no more');
\set VERBOSITY terse
SELECT state, kind, attribute, object, reason, created_by, ended_by, end_reason FROM langchef_guard.ignore_rules WHERE id = :rule;
-- By attribute, by a name in quotes, in letters that differ.
SELECT langchef_guard.ignore_drift(NULL, 'default', NULL, 'any') AS rule \gset
SELECT object FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT langchef_guard.unignore_drift(:rule, 'no more');
SELECT langchef_guard.ignore_drift('column', NULL, 'regress_exc."o''dd.T"."x.y"', 'it''s "odd"') AS rule \gset
SELECT object, regexp_replace(suppressed_by, 'rule \d+', 'rule N') AS suppressed_by FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT langchef_guard.unignore_drift(:rule, 'no more');
SELECT langchef_guard.ignore_drift('column', NULL, 'REGRESS_EXC.%', 'case counts') AS rule \gset
SELECT object FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT langchef_guard.unignore_drift(:rule, 'no more');
-- Once it has run out.
SELECT langchef_guard.ignore_drift('column', NULL, NULL, 'for now', 'infinity') AS rule \gset
SELECT object FROM pg_temp.found WHERE suppressed_by IS NOT NULL AND NOT implied;
SET langchef_guard.mode = 'off';
UPDATE langchef_guard.ignore_rule SET expires = '2000-01-01' WHERE id = :rule;
SET langchef_guard.mode = 'record';
SELECT object FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT state, expires < now() AS past FROM langchef_guard.ignore_rules WHERE id = :rule;
SELECT langchef_guard.unignore_drift(:rule, 'no more');
-- What is not compared needs its kind, and cannot be accepted.
BEGIN;
SET LOCAL langchef_guard.mode = 'off';
SET LOCAL allow_system_table_mods = on;
INSERT INTO pg_attrdef SELECT 4294967001, 4294967002, adnum, adbin FROM pg_attrdef LIMIT 1;
SET LOCAL langchef_guard.mode = 'record';
SELECT langchef_guard.ignore_drift(NULL, NULL, 'pg%', 'a wide pattern') > 0 AS ignored;
SELECT object, suppressed_by FROM pg_temp.found WHERE kind = 'system_catalog';
SAVEPOINT accept;
SELECT langchef_guard.accept_drift(ARRAY[drift_id], 'no', 'regress') FROM langchef_guard.drift('regress') WHERE kind = 'system_catalog';
ROLLBACK TO accept;
SELECT langchef_guard.ignore_drift('system_catalog', NULL, 'pg_attrdef', 'left by a tool') > 0 AS ignored;
SELECT object, regexp_replace(suppressed_by, 'rule \d+', 'rule N') AS suppressed_by FROM pg_temp.found WHERE kind = 'system_catalog';
ROLLBACK;

-- Accepted, with its consequences, while all stays as it is.
SELECT array_agg(drift_id) AS ids FROM langchef_guard.drift('regress') WHERE object IN ('regress_exc.unexpected', 'regress_exc.t.b') AND implied_by IS NULL \gset
SELECT langchef_guard.accept_drift(:'ids', 'agreed', 'regress');
SELECT * FROM pg_temp.found;
SELECT langchef_guard.accept_drift(:'ids', 'agreed again', 'regress');
SELECT severity, operation, kind, differences FROM langchef_guard.drift_summary('regress');
-- It changes again.
ALTER TABLE regress_exc.unexpected ADD c integer;
ALTER TABLE regress_exc.unexpected ALTER b TYPE varchar(5), SET (fillfactor = 50);
ALTER TABLE regress_exc.t ALTER b SET DEFAULT 6;
SELECT * FROM pg_temp.found WHERE suppressed_by IS NULL;
ALTER TABLE regress_exc.unexpected DROP c, ALTER b TYPE text, RESET (fillfactor);
ALTER TABLE regress_exc.t ALTER b SET DEFAULT 5;
SELECT * FROM pg_temp.found WHERE suppressed_by IS NULL;
-- Taken back, with its consequences.
SELECT langchef_guard.unaccept_drift(:'ids', 'a mistake', 'regress');
SELECT count(*) FROM pg_temp.found WHERE suppressed_by IS NOT NULL;
SELECT langchef_guard.accept_drift(:'ids', 'after all', 'regress');
SELECT state, operation, kind, object, attribute, expected, actual, accepted_by, reason, withdrawn_by, withdraw_reason
  FROM langchef_guard.accepted_differences WHERE name = 'regress' ORDER BY state, object;
-- A consequence alone.
SELECT langchef_guard.unaccept_drift(:'ids', 'again', 'regress');
SELECT array_agg(drift_id) AS part FROM langchef_guard.drift('regress') WHERE object = 'regress_exc.unexpected.a' \gset
SELECT langchef_guard.accept_drift(:'part', 'the part', 'regress');
SELECT * FROM pg_temp.found WHERE object LIKE '%.unexpected%';
-- All of it: clean.
SELECT langchef_guard.accept_drift(ARRAY(SELECT drift_id FROM langchef_guard.drift('regress')), 'baseline', 'regress') > 0 AS accepted;
SELECT langchef_guard.is_clean('regress'), langchef_guard.assert_no_drift('regress');
SELECT severity, operation, kind, differences FROM langchef_guard.drift_summary('regress');
-- Registered again it stays; the name gone it goes.
SELECT langchef_guard.register_expected('regress') > 0 AS registered;
SELECT count(*) > 0 AS kept FROM langchef_guard.accepted_differences WHERE name = 'regress' AND state = 'active';
SELECT langchef_guard.unregister_expected('regress');
SELECT count(*) FROM langchef_guard.accepted_differences WHERE name = 'regress' AND state = 'active';
SELECT langchef_guard.register_expected('regress') > 0 AS registered;

-- Errors, which change nothing.
ALTER TABLE regress_exc.t ALTER a SET DEFAULT 1;
SELECT array_agg(drift_id) AS ids FROM langchef_guard.drift('regress') WHERE object = 'regress_exc.t.a' \gset
\set VERBOSITY default
SELECT langchef_guard.accept_drift(:'ids' || ARRAY['nothing', '', 'no "thing"'], 'agreed', 'regress');
SELECT langchef_guard.accept_drift(ARRAY(SELECT 'id' || n FROM generate_series(1, 100000) n), 'agreed', 'regress');
SELECT langchef_guard.unaccept_drift(:'ids', 'never was', 'regress');
SELECT langchef_guard.ignore_drift('tabel', NULL, NULL, 'typo');
\set VERBOSITY terse
SELECT langchef_guard.accept_drift(ARRAY[repeat('x', 1000)], 'agreed', 'regress');
SELECT langchef_guard.accept_drift(NULL, 'agreed', 'regress');
SELECT langchef_guard.accept_drift(ARRAY[NULL], 'agreed', 'regress');
SELECT langchef_guard.accept_drift(:'ids', NULL, 'regress');
SELECT langchef_guard.accept_drift(:'ids', E' \n', 'regress');
SELECT langchef_guard.accept_drift(:'ids', 'agreed', 'regress nowhere');
SELECT langchef_guard.accept_drift('{}', 'nothing to agree on', 'regress');
SELECT count(*) FROM langchef_guard.accepted_differences WHERE name = 'regress' AND state = 'active';
SELECT langchef_guard.ignore_drift(NULL, NULL, NULL, 'everything');
SELECT langchef_guard.ignore_drift(NULL, NULL, '%', 'everything');
SELECT langchef_guard.ignore_drift('table', 'no_such', NULL, 'typo');
SELECT langchef_guard.ignore_drift(NULL, 'no_such', NULL, 'typo');
SELECT langchef_guard.ignore_drift('table', NULL, '', 'nothing');
SELECT langchef_guard.ignore_drift('table', NULL, 'a\', 'escape');
SELECT langchef_guard.ignore_drift('table', NULL, NULL, NULL);
SELECT langchef_guard.ignore_drift('table', NULL, NULL, '');
SELECT langchef_guard.ignore_drift('table', NULL, NULL, 'past', '2000-01-01');
SELECT langchef_guard.ignore_drift('table', NULL, NULL, 'past', '-infinity');
SELECT langchef_guard.unignore_drift(NULL, 'none');
SELECT langchef_guard.unignore_drift(0, 'none');
SELECT langchef_guard.unignore_drift(:rule, NULL);
BEGIN READ ONLY;
SELECT langchef_guard.ignore_drift('table', NULL, NULL, 'read only');
ROLLBACK;
SELECT count(*) FROM langchef_guard.ignore_rules WHERE state = 'active';
-- In the ledger.
SELECT command_tag, object_type, outer_role FROM langchef_guard.changes WHERE command_tag LIKE '%DRIFT' AND outer_role = 'regress_lcg_exception' ORDER BY id;

SELECT langchef_guard.unregister_expected('regress');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP VIEW pg_temp.found;
DROP SCHEMA regress_exc CASCADE;
DROP ROLE regress_lcg_exception;
