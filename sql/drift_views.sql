-- Drift in forms for people and for test tools.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE ROLE regress_lcg_view SUPERUSER;
CREATE ROLE "regress_lcg_view_with_a_long_name" SUPERUSER;
SET SESSION AUTHORIZATION regress_lcg_view;
CREATE SCHEMA regress_view;
CREATE SCHEMA "regress.View";
CREATE TABLE regress_view.t (a integer, b text DEFAULT 'x', quite_a_long_name_for_a_column_in_a_report integer);
SELECT langchef_guard.register_expected('regress "v"') > 0 AS registered;
SELECT * FROM langchef_guard.has_no_drift('regress "v"');
SELECT * FROM langchef_guard.drift_report('regress "v"');
SELECT * FROM langchef_guard.drift_by_schema('regress "v"');
ALTER TABLE regress_view.t ALTER a TYPE bigint, ALTER b SET DEFAULT E'a text on\nmore than one line, and much longer than a report has room for';
SET SESSION AUTHORIZATION regress_lcg_view_with_a_long_name;
ALTER TABLE regress_view.t ALTER quite_a_long_name_for_a_column_in_a_report SET NOT NULL;
CREATE TABLE "regress.View".n (a integer PRIMARY KEY, b integer);
COMMENT ON TABLE regress_view.t IS 'new';
CREATE CAST (text AS regress_view.t) WITH INOUT;
SELECT * FROM langchef_guard.drift_report('regress "v"');
SELECT max(length(severity)) + max(length(object)) + max(length(difference)) + max(length(caused_by)) + 11 <= 100 AS fits FROM langchef_guard.drift_report('regress "v"');
SELECT * FROM langchef_guard.drift_by_schema('regress "v"');
SELECT * FROM langchef_guard.has_no_drift('regress "v"');
SELECT langchef_guard.ignore_drift('column', NULL, 'regress_view.t.%', 'for the view') AS rule \gset
SELECT * FROM langchef_guard.drift_by_schema('regress "v"');
SELECT * FROM langchef_guard.has_no_drift('regress "v"');
SELECT langchef_guard.unignore_drift(:rule, 'done');
-- Eleven and more.
DO $$ BEGIN FOR n IN 1..11 LOOP EXECUTE format('CREATE TABLE regress_view.n%s ()', n); END LOOP; END $$;
SELECT count(*), max(has_no_drift) FILTER (WHERE has_no_drift LIKE '%more%') AS last FROM langchef_guard.has_no_drift('regress "v"');
-- A name that would be a directive of the protocol.
SELECT langchef_guard.register_expected(E'\\ # TODO x\nok') > 0 AS registered;
SELECT * FROM langchef_guard.has_no_drift(E'\\ # TODO x\nok');
SELECT langchef_guard.unregister_expected(E'\\ # TODO x\nok');
SELECT langchef_guard.has_no_drift('regress nowhere');
SELECT langchef_guard.has_no_drift('');
SELECT langchef_guard.drift_by_schema('regress nowhere');
SELECT langchef_guard.drift_report('regress nowhere');
SELECT langchef_guard.unregister_expected('regress "v"');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
DROP SCHEMA regress_view, "regress.View" CASCADE;
DROP ROLE regress_lcg_view, regress_lcg_view_with_a_long_name;
