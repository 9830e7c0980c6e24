-- What of an expected schema is compared, and that the rest is told.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE ROLE regress_lcg_option;
CREATE ROLE regress_lcg_chooser SUPERUSER;
SET SESSION AUTHORIZATION regress_lcg_chooser;
CREATE SCHEMA regress_option;
CREATE SCHEMA "Regress.Option";
CREATE TABLE regress_option.t (a integer, b integer);
CREATE TABLE "Regress.Option"."t.t" (a integer);
SELECT langchef_guard.register_expected('regress') > 0 AS registered;
SELECT langchef_guard.configure_expected('regress', '{"schemas": ["regress_option", "Regress.Option"], "outside_schemas": false}');
SELECT langchef_guard.is_clean('regress');
SELECT * FROM langchef_guard.drift_summary('regress');
SELECT severity, operation, kind, object, attribute, expected, actual, detail, suppressed_by FROM langchef_guard.drift('regress', true);

-- One of each.
ALTER TABLE regress_option.t OWNER TO regress_lcg_option;
GRANT SELECT ON "Regress.Option"."t.t" TO regress_lcg_option;
ALTER DEFAULT PRIVILEGES IN SCHEMA regress_option GRANT SELECT ON TABLES TO regress_lcg_option;
COMMENT ON COLUMN regress_option.t.b IS 'b';
ALTER TABLE regress_option.t DROP COLUMN a, ADD COLUMN a integer;
ALTER TABLE "Regress.Option"."t.t" ADD x integer;
CREATE TABLE regress_option.u (a integer, b integer);
CREATE SCHEMA regress_option_too;
CREATE TABLE regress_option_too.t (a integer);
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 65', current_database()); END $$;
DO $$ BEGIN EXECUTE format('ALTER ROLE regress_lcg_option IN DATABASE %I SET work_mem = 65', current_database()); END $$;
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress') WHERE implied_by IS NULL ORDER BY kind, object, attribute;

SELECT langchef_guard.configure_expected('regress', '{"owners": false}');
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress') WHERE implied_by IS NULL ORDER BY kind, object, attribute;
SELECT langchef_guard.configure_expected('regress', '{"owners": null, "privileges": false}');
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress') WHERE implied_by IS NULL ORDER BY kind, object, attribute;
SELECT langchef_guard.configure_expected('regress', '{"comments": false, "column_order": false, "owners": false}');
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress') WHERE implied_by IS NULL ORDER BY kind, object, attribute;
SELECT * FROM langchef_guard.drift_summary('regress');
SELECT langchef_guard.configure_expected('regress', '{"schemas": null, "except_schemas": ["Regress.Option", "regress_option"], "outside_schemas": true}');
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress') WHERE implied_by IS NULL ORDER BY kind, object, attribute;
SELECT langchef_guard.configure_expected('regress', '{"database_settings": false, "role_settings": false, "except_schemas": ["regress_option_too", "regress_option", "Regress.Option"]}');
SELECT langchef_guard.is_clean('regress');
SELECT langchef_guard.assert_no_drift('regress');
SELECT severity, kind, differences FROM langchef_guard.drift_summary('regress');
SELECT options FROM langchef_guard.expected_schemas WHERE name = 'regress';

-- They belong to the name, and end with it.
SELECT langchef_guard.register_expected('regress') > 0 AS registered;
SELECT options FROM langchef_guard.expected_schemas WHERE name = 'regress';
SELECT langchef_guard.configure_expected('regress', (SELECT jsonb_object_agg(key, NULL) FROM jsonb_each(langchef_guard.configure_expected('regress', '{}'))));
SELECT langchef_guard.is_clean('regress');
SELECT langchef_guard.configure_expected('regress', '{"owners": false}');
SELECT langchef_guard.unregister_expected('regress');
SELECT langchef_guard.register_expected('regress') > 0 AS registered;
SELECT options FROM langchef_guard.expected_schemas WHERE name = 'regress';

-- Each change is in the ledger, what changes nothing is not.
SELECT command_tag, object_type, identity, definition_after FROM langchef_guard.changes WHERE command_tag = 'CONFIGURE DRIFT' AND outer_role = 'regress_lcg_chooser' ORDER BY id;

-- Errors.
\set VERBOSITY default
SELECT langchef_guard.configure_expected('regress', '{"owner": false}');
\set VERBOSITY terse
SELECT langchef_guard.configure_expected('regress', '{"owners": "no"}');
SELECT langchef_guard.configure_expected('regress', '{"owners": 1}');
SELECT langchef_guard.configure_expected('regress', '{"owners": {"of": "tables"}}');
SELECT langchef_guard.configure_expected('regress', '{"schemas": "public"}');
SELECT langchef_guard.configure_expected('regress', '{"schemas": []}');
SELECT langchef_guard.configure_expected('regress', '{"schemas": [""]}');
SELECT langchef_guard.configure_expected('regress', '{"schemas": [null]}');
SELECT langchef_guard.configure_expected('regress', '{"schemas": ["regress_optoin"]}');
SELECT langchef_guard.configure_expected('regress', '{"except_schemas": {}}');
SELECT langchef_guard.configure_expected('regress', '[]');
SELECT langchef_guard.configure_expected('regress', 'null');
SELECT langchef_guard.configure_expected('regress', '"owners"');
SELECT langchef_guard.configure_expected('regress', NULL);
SELECT langchef_guard.configure_expected(NULL, '{}');
SELECT langchef_guard.configure_expected('regress nowhere', '{}');
SELECT options FROM langchef_guard.expected_schemas WHERE name = 'regress';

SELECT langchef_guard.unregister_expected('regress');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA regress_option, regress_option_too, "Regress.Option" CASCADE;
DROP OWNED BY regress_lcg_option;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET work_mem', current_database()); END $$;
DROP OWNED BY regress_lcg_chooser;
DROP ROLE regress_lcg_option, regress_lcg_chooser;
