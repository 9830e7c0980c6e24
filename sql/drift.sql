-- Drift: what differs from a registered schema, and who made it so.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE ROLE regress_lcg_hotfix SUPERUSER;
CREATE ROLE regress_lcg_plain;
CREATE SCHEMA regress_drift;
CREATE TABLE regress_drift.users (id integer PRIMARY KEY, email varchar(40) NOT NULL, note text DEFAULT 'none');
CREATE TABLE regress_drift.prompts (id integer PRIMARY KEY, user_id integer REFERENCES regress_drift.users, version integer NOT NULL);
CREATE INDEX prompts_version_idx ON regress_drift.prompts (version);
CREATE VIEW regress_drift.owners AS SELECT id, user_id FROM regress_drift.prompts;
CREATE FUNCTION regress_drift.one() RETURNS integer LANGUAGE sql AS 'SELECT 1';

SELECT langchef_guard.register_expected('regress release') > 10 AS registered;
SELECT name, source, facts > 10 AS has_facts, digest ~ '^sha256:[0-9a-f]{64}$' AS has_digest, registered_by = session_user AS by_us
  FROM langchef_guard.expected_schemas WHERE name LIKE 'regress%';
SELECT count(*) FROM langchef_guard.drift('regress release');
SELECT langchef_guard.is_clean('regress release');
SELECT langchef_guard.assert_no_drift('regress release');
SELECT * FROM langchef_guard.drift_summary('regress release');

-- A hot-fix, with its author.
SET SESSION AUTHORIZATION regress_lcg_hotfix;
SET application_name = 'psql at night';
SET langchef_guard.migration = 'hotfix 7';
ALTER TABLE regress_drift.users ALTER COLUMN email TYPE varchar(80), ALTER COLUMN note DROP DEFAULT;
ALTER TABLE regress_drift.prompts DROP COLUMN version;
ALTER TABLE regress_drift.prompts ENABLE ROW LEVEL SECURITY;
CREATE TABLE regress_drift.backup (id integer, copied timestamptz);
COMMENT ON FUNCTION regress_drift.one() IS 'uno';
RESET SESSION AUTHORIZATION;
SELECT severity, operation, kind, object, attribute, expected, actual, implied_by IS NOT NULL AS implied
  FROM langchef_guard.drift('regress release') WHERE object LIKE 'regress_drift%';
SELECT DISTINCT caused_by, session_role, migration, blame, caused_at IS NOT NULL AS dated, ledger_id IS NOT NULL AS recorded
  FROM langchef_guard.drift('regress release') WHERE object LIKE 'regress_drift%';
SELECT object, attribute, statement, detail FROM langchef_guard.drift('regress release')
 WHERE object = 'regress_drift.users.email' OR object = 'regress_drift.prompts';
SELECT severity, operation, kind, differences, caused_by FROM langchef_guard.drift_summary('regress release');
SELECT langchef_guard.is_clean('regress release');
\set VERBOSITY default
SELECT langchef_guard.assert_no_drift('regress release');
\set VERBOSITY terse

-- Equal differences have equal ids.
SELECT count(*) AS differences, count(DISTINCT a.drift_id) AS ids, count(*) FILTER (WHERE b.drift_id IS NULL) AS unstable
  FROM langchef_guard.drift('regress release') a LEFT JOIN langchef_guard.drift('regress release') b USING (drift_id);

-- Registered again it is clean; the document gives the same schema.
SELECT langchef_guard.register_expected('regress release') > 10 AS registered;
SELECT string_agg(line, E'\n') AS document FROM langchef_guard.snapshot() AS line \gset
SELECT langchef_guard.register_expected('regress "copy"', :'document') > 10 AS registered;
SELECT langchef_guard.is_clean('regress release') AS live, langchef_guard.is_clean('regress "copy"') AS document;
SELECT count(DISTINCT digest) AS digests FROM langchef_guard.expected_schemas WHERE name LIKE 'regress%';
SELECT string_agg(line, E'\n') = :'document' AS deterministic FROM langchef_guard.snapshot() AS line;

-- What no ledger row explains.
UPDATE pg_class SET relforcerowsecurity = true WHERE oid = 'regress_drift.users'::regclass;
SELECT severity, object, attribute, caused_by, blame FROM langchef_guard.drift('regress release');
UPDATE pg_class SET relforcerowsecurity = false WHERE oid = 'regress_drift.users'::regclass;
SELECT langchef_guard.is_clean('regress release');

-- One schema is active.
SELECT langchef_guard.activate_expected('regress "copy"');
SELECT name FROM langchef_guard.expected_schemas WHERE active;
SELECT langchef_guard.is_clean();

-- Errors.
SELECT langchef_guard.register_expected(NULL);
SELECT langchef_guard.register_expected('');
SELECT langchef_guard.register_expected(repeat('x', 64));
SELECT langchef_guard.register_expected('regress x', NULL);
SELECT langchef_guard.register_expected('regress x', '');
SELECT langchef_guard.register_expected('regress x', 'CREATE TABLE t ();');
\set VERBOSITY default
SELECT langchef_guard.register_expected('regress x', '{"langchef_guard_snapshot":2,"more":{}}');
\set VERBOSITY terse
SELECT langchef_guard.register_expected('regress x', left(:'document', -20));
SELECT langchef_guard.register_expected('regress x', replace(:'document', '(80)', '(99)'));
SELECT langchef_guard.register_expected('regress x', regexp_replace(:'document', E'\n[^\n]*$', ''));
SELECT langchef_guard.drift('regress nowhere');
SELECT langchef_guard.is_clean('regress nowhere');
SELECT langchef_guard.activate_expected('regress nowhere');
SELECT langchef_guard.unregister_expected('regress nowhere');
SELECT langchef_guard.unregister_expected(NULL);
SELECT count(*) FROM langchef_guard.expected_schemas WHERE name = 'regress x';
SET ROLE regress_lcg_plain;
SELECT * FROM langchef_guard.drift('regress release');
SELECT * FROM langchef_guard.snapshot();
SELECT langchef_guard.register_expected('regress x');
SELECT * FROM langchef_guard.expected_schemas;
RESET ROLE;

SELECT langchef_guard.unregister_expected('regress release'), langchef_guard.unregister_expected('regress "copy"');
SELECT count(*) FROM langchef_guard.expected_schemas WHERE name LIKE 'regress%';
SET client_min_messages = warning;
DROP SCHEMA regress_drift CASCADE;
DROP ROLE regress_lcg_hotfix, regress_lcg_plain;
