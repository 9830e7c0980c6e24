-- repair(), undo() and schema_at() give commands and documents, and change nothing.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE SCHEMA regress_repair;
CREATE TABLE regress_repair.t (a integer PRIMARY KEY, b text DEFAULT 'x');
CREATE VIEW regress_repair.v AS SELECT x.b FROM regress_repair.t x CROSS JOIN regress_repair.t y;
COMMENT ON VIEW regress_repair.v IS 'read by reports';
SELECT langchef_guard.register_expected('regress repair') > 0 AS registered;

ALTER TABLE regress_repair.t ALTER COLUMN b DROP DEFAULT;
CREATE TABLE regress_repair.more (i integer);
SELECT step, transaction, in_block, effect, rule, needs_approval, lock, object, command, detail
  FROM langchef_guard.repair('regress repair');
SELECT step, transaction, in_block, effect, rule, needs_approval, lock, object, command, detail
  FROM langchef_guard.repair('regress repair', 'to_actual');

-- A script, which runs as it stands.
DROP VIEW regress_repair.v;
ALTER TABLE regress_repair.t ALTER COLUMN b TYPE varchar(5);
SELECT * FROM langchef_guard.repair_script('regress repair');
SELECT command FROM langchef_guard.repair('regress repair', online => false) WHERE command IS NOT NULL ORDER BY step \gexec
SELECT operation, object, attribute FROM langchef_guard.drift('regress repair');
SELECT obj_description('regress_repair.v'::regclass);

-- A rename that the ledger knows is renamed back; what is ignored is left alone.
ALTER TABLE regress_repair.t RENAME TO renamed;
COMMENT ON TABLE regress_repair.renamed IS 'ignored';
SELECT langchef_guard.ignore_drift('table', 'comment', NULL, 'comments are free') > 0 AS ignored;
SELECT command FROM langchef_guard.repair('regress repair', online => false);
SELECT command FROM langchef_guard.repair('regress repair', 'to_actual', online => false);
SELECT command FROM langchef_guard.repair('regress repair', online => false) ORDER BY step \gexec
SELECT count(*) FROM langchef_guard.drift('regress repair');
SELECT langchef_guard.unignore_drift(id, 'over') FROM langchef_guard.ignore_rules WHERE state = 'active' AND reason = 'comments are free';

-- undo() takes back what a command did, and leaves what was done since.
ALTER TABLE regress_repair.t ADD COLUMN c integer;
SELECT max(id) AS added FROM langchef_guard.ledger WHERE command_tag = 'ALTER TABLE' \gset
ALTER TABLE regress_repair.t ADD COLUMN d integer;
SELECT step, effect, rule, command FROM langchef_guard.undo(:added);
DROP TABLE regress_repair.t CASCADE;
SELECT max(id) AS dropped FROM langchef_guard.ledger WHERE command_tag = 'DROP TABLE' \gset
SELECT command FROM langchef_guard.undo(:dropped, online => false);
SELECT command FROM langchef_guard.undo(:dropped, online => false) ORDER BY step \gexec
SELECT operation, object, attribute FROM langchef_guard.drift('regress repair') WHERE object NOT LIKE '%.c' AND object NOT LIKE '%.d';

-- What cannot be.
SELECT langchef_guard.undo(1);
SELECT langchef_guard.undo(NULL);
SELECT langchef_guard.repair('regress repair', 'sideways');
SELECT langchef_guard.repair('regress repair', NULL);
SELECT langchef_guard.repair('regress repair', online => NULL);
SELECT langchef_guard.repair('regress absent');
SELECT langchef_guard.schema_at('infinity');
SELECT count(*) > 1 AS lines FROM langchef_guard.schema_at(now());

SELECT langchef_guard.unregister_expected('regress repair');
DROP SCHEMA regress_repair CASCADE;
