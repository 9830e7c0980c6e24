-- Drift: equal things in another form, what follows from what, and documents with odd content.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE SCHEMA regress_forms;
SET search_path = regress_forms;
CREATE TABLE parent (a int CONSTRAINT ck CHECK (a > 0), b int);
CREATE TABLE child (c int, CONSTRAINT own CHECK (c > 0)) INHERITS (parent);
CREATE TABLE parted (n int, UNIQUE (n)) PARTITION BY LIST (n);
CREATE INDEX parted_n ON parted (n, (n + 1));
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1, 2, 10);
CREATE TABLE list_of_text (t text) PARTITION BY LIST (t);
CREATE TABLE some_text PARTITION OF list_of_text FOR VALUES IN ('b', NULL, 'a');
CREATE TABLE numbered (id serial, note text);
CREATE TABLE options (a text) WITH (autovacuum_enabled = off, fillfactor = 70, autovacuum_vacuum_scale_factor = 0.10,
  vacuum_index_cleanup = AUTO, toast.vacuum_truncate = no);
ALTER TABLE options ALTER COLUMN a SET (n_distinct = -0.50);
CREATE INDEX options_a ON options (a) WITH (deduplicate_items = 0);
CREATE VIEW checked WITH (security_barrier = yes, security_invoker = off, check_option = local) AS SELECT a FROM parent WHERE a > 1;
SELECT langchef_guard.register_expected('regress forms') > 10 AS registered;

-- The values of a partition are a set; options are values, not texts.
ALTER TABLE parted DETACH PARTITION part;
ALTER TABLE parted ATTACH PARTITION part FOR VALUES IN (10, 2, 1);
ALTER TABLE list_of_text DETACH PARTITION some_text;
ALTER TABLE list_of_text ATTACH PARTITION some_text FOR VALUES IN ('a', 'b', NULL);
ALTER TABLE options SET (autovacuum_enabled = false, fillfactor = 70, autovacuum_vacuum_scale_factor = .1, vacuum_index_cleanup = auto,
  toast.vacuum_truncate = 0);
ALTER TABLE options ALTER COLUMN a SET (n_distinct = -0.5);
ALTER INDEX options_a SET (deduplicate_items = false);
ALTER VIEW checked SET (security_barrier = true, security_invoker = false);
SELECT object, attribute, expected, actual FROM langchef_guard.drift('regress forms');
ALTER TABLE options SET (autovacuum_enabled = on, autovacuum_vacuum_scale_factor = 0.11);
SELECT object, attribute, expected, actual FROM langchef_guard.drift('regress forms');
ALTER TABLE options SET (autovacuum_enabled = 0, autovacuum_vacuum_scale_factor = 1e-1);
SELECT langchef_guard.is_clean('regress forms');

-- What follows from a difference is marked so.
CREATE VIEW followed AS
  SELECT d.operation, d.kind, d.object, d.attribute, cause.kind AS cause_kind, cause.object AS cause, cause.attribute AS cause_attribute
    FROM langchef_guard.drift('regress forms') d LEFT JOIN langchef_guard.drift('regress forms') cause ON cause.drift_id = d.implied_by
   WHERE d.object NOT LIKE '%followed%' ORDER BY d.object COLLATE "C", d.kind, d.attribute;
ALTER TABLE child NO INHERIT parent;
ALTER TABLE child ADD CONSTRAINT another CHECK (b > 0);
SELECT * FROM followed;
ALTER TABLE child DROP CONSTRAINT another, DROP CONSTRAINT own;
ALTER TABLE child ADD CONSTRAINT own CHECK (c > 0);
SELECT langchef_guard.register_expected('regress forms') > 10 AS registered;
ALTER TABLE child INHERIT parent;
SELECT * FROM followed;
ALTER TABLE child NO INHERIT parent;
ALTER TABLE parted DETACH PARTITION part;
SELECT * FROM followed;
ALTER TABLE parted ATTACH PARTITION part FOR VALUES IN (1, 2, 10);
DROP TABLE numbered;
SELECT * FROM followed;
DROP VIEW followed;

-- Documents that no snapshot makes; their digests are right.
CREATE FUNCTION document(encoding text, VARIADIC facts text[]) RETURNS text LANGUAGE sql AS $$
  SELECT '{"langchef_guard_snapshot":1,"server_version_num":150000,"encoding":"' || encoding || '","facts":' || count(*) ||
         ',"digest":"sha256:' || encode(sha256(convert_to(string_agg('sha256:' || digest || E'\n', '' ORDER BY place), 'UTF8')), 'hex') ||
         E'"}\n' || string_agg(left(fact, -1) || ',"digest":"sha256:' || digest || '"}', E'\n' ORDER BY place)
    FROM (SELECT fact, place, encode(sha256(convert_to(fact, 'UTF8')), 'hex') AS digest FROM unnest(facts) WITH ORDINALITY AS f (fact, place)) AS f
$$;
CREATE FUNCTION register(encoding text, VARIADIC facts text[]) RETURNS bigint LANGUAGE sql AS $$
  SELECT langchef_guard.register_expected('regress document', regress_forms.document(encoding, VARIADIC facts))
$$;
SELECT register('UTF8', '{"id":"column:z.x.a","kind":"column","parent":"table:z.x","payload":{"ordinal":1,"type":"integer"}}',
  '{"id":"schema:z","kind":"schema","parent":null,"payload":{"owner":"o"}}', '{"id":"table:z.x","kind":"table","parent":"schema:z","payload":{}}');
SELECT register('NOPE', '{"id":"table:z.x","kind":"table","parent":"schema:z","payload":{}}');
SELECT register('UTF8', '{"id":"gadget:z.x","kind":"gadget","parent":"schema:z","payload":{}}');
SELECT register('UTF8', '{"id":"table:z.x","kind":"table","parent":"schema:z","payload":{"owner":["a","b"]}}');
SELECT register('UTF8', '{"id":"table:z.x","kind":"table","parent":"schema:z","payload":{"colour":"red"}}');
SELECT register('UTF8', '{"id":"column:z.x.a","kind":"column","parent":"table:z.x","payload":{"ordinal":"1"}}',
  '{"id":"table:z.x","kind":"table","parent":"schema:z","payload":{}}');
SELECT register('UTF8', '{"id":"table:z.x","kind":"table","parent":"table:z.x","payload":{}}');
SELECT register('UTF8', '{"id":"table:z.a","kind":"table","parent":"table:z.b","payload":{}}', '{"id":"table:z.b","kind":"table","parent":"table:z.a","payload":{}}');
SELECT register('UTF8', '{"id":"column:z.x.a","kind":"column","parent":"table:z.x","payload":{}}', '{"id":"table:z.y","kind":"table","parent":"schema:z","payload":{}}');
-- The one before stands.
SELECT facts FROM langchef_guard.expected_schemas WHERE name = 'regress document';
SELECT object FROM langchef_guard.drift('regress document') WHERE object LIKE 'z%' ORDER BY object COLLATE "C";

-- A catalog row tells no more than its age.
SELECT langchef_guard.unregister_expected('regress document'), langchef_guard.unregister_expected('regress forms');
CREATE FUNCTION positive(int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > 0';
CREATE TABLE aged (a int, CONSTRAINT aged_check CHECK (positive(a)));
SELECT langchef_guard.register_expected('regress forms') > 10 AS registered;
SET langchef_guard.mode = 'off';
ALTER FUNCTION positive(int) RENAME TO greater_than_zero;
SET langchef_guard.mode = 'record';
SELECT attribute, blame, detail FROM langchef_guard.drift('regress forms') WHERE object = 'regress_forms.aged.aged_check';
SELECT langchef_guard.unregister_expected('regress forms');

SET client_min_messages = warning;
DROP SCHEMA regress_forms CASCADE;
