-- Differences between two registered schemas, without a look at the catalogs.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE SCHEMA regress_compare;
CREATE SCHEMA "regress ""compare"".b";
CREATE TABLE regress_compare.parent (id integer UNIQUE, CONSTRAINT positive CHECK (id > 0));
CREATE TABLE regress_compare.child (CONSTRAINT positive CHECK (id > 0)) INHERITS (regress_compare.parent);
CREATE TABLE regress_compare.gone (a integer, b text DEFAULT 'x');
CREATE TABLE "regress ""compare"".b"."T.t" ("A.a" integer);
SELECT langchef_guard.register_expected('regress one') > 0 AS registered;
DROP TABLE regress_compare.gone;
ALTER TABLE "regress ""compare"".b"."T.t" ALTER "A.a" TYPE bigint;
ALTER TABLE "regress ""compare"".b"."T.t" ADD "ö" text DEFAULT ('a' || 'b');
ALTER TABLE regress_compare.child NO INHERIT regress_compare.parent;
SELECT langchef_guard.register_expected('regress "two"') > 0 AS registered;

SELECT severity, operation, kind, object, parent, attribute, expected, actual, detail, implied_by IS NOT NULL AS implied
  FROM langchef_guard.compare('regress one', 'regress "two"');
-- The other way round.
SELECT operation, kind, object, attribute, expected, actual FROM langchef_guard.compare('regress "two"', 'regress one') WHERE implied_by IS NULL;
SELECT count(*) FROM langchef_guard.compare('regress one', 'regress one');
-- The same difference from the same schema has one id, and the same cause.
SELECT count(*) AS both, count(*) FILTER (WHERE d.drift_id IS NULL OR c.drift_id IS NULL) AS one_only,
       count(*) FILTER (WHERE d.implied_by IS DISTINCT FROM c.implied_by) AS other_cause
  FROM langchef_guard.compare('regress one', 'regress "two"') c FULL JOIN langchef_guard.drift('regress one') d USING (drift_id);
-- The catalogs have no say.
DROP TABLE regress_compare.child;
SELECT count(*) FROM langchef_guard.compare('regress one', 'regress "two"') WHERE object = 'regress_compare.child' AND operation = 'missing';
-- Nor have the options and exceptions of either.
SELECT langchef_guard.configure_expected('regress one', '{"schemas": ["regress_compare"]}') IS NOT NULL AS configured;
SELECT count(*) > 0 AS still_there FROM langchef_guard.compare('regress one', 'regress "two"') WHERE object LIKE '%T.t%';
-- Of another major version.
SET langchef_guard.mode = 'off';
UPDATE langchef_guard.expected_schema SET server_version_num = 120000 WHERE name = 'regress one';
UPDATE langchef_guard.expected_object SET payload = payload || '{"default": "other"}', digest = 'sha256:' || repeat('0', 64)
 WHERE schema_name = 'regress one' AND fact_id = 'column:regress_compare.parent.id';
SET langchef_guard.mode = 'record';
SELECT object, attribute, regexp_replace(detail, 'and \d\d', 'and NN') AS detail FROM langchef_guard.compare('regress one', 'regress "two"') WHERE attribute = 'default';

SELECT * FROM langchef_guard.compare('regress one', 'regress nowhere');
SELECT * FROM langchef_guard.compare('regress nowhere', 'regress one');
SELECT * FROM langchef_guard.compare(NULL, 'regress one');
SELECT * FROM langchef_guard.compare('regress one', NULL);
SELECT * FROM langchef_guard.compare('regress one', '');
SELECT langchef_guard.unregister_expected('regress one'), langchef_guard.unregister_expected('regress "two"');
SET client_min_messages = warning;
DROP SCHEMA regress_compare, "regress ""compare"".b" CASCADE;
