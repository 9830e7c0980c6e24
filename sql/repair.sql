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

-- Two columns, two tables and a table after its like change places; views show what they showed.
CREATE TABLE regress_repair.live (credit integer, debit integer);
CREATE TABLE regress_repair.arch (credit integer, debit integer);
CREATE VIEW regress_repair.balance AS SELECT x.credit FROM regress_repair.live x CROSS JOIN regress_repair.live y;
INSERT INTO regress_repair.live VALUES (100, 5);
SELECT langchef_guard.register_expected('regress places') > 0 AS registered;
ALTER TABLE regress_repair.live RENAME credit TO other;
ALTER TABLE regress_repair.live RENAME debit TO credit;
ALTER TABLE regress_repair.live RENAME other TO debit;
ALTER TABLE regress_repair.live RENAME TO other;
ALTER TABLE regress_repair.arch RENAME TO live;
ALTER TABLE regress_repair.other RENAME TO arch;
SELECT command FROM langchef_guard.repair('regress places', 'to_actual');
SELECT command FROM langchef_guard.repair('regress places', online => false) ORDER BY step \gexec
SELECT * FROM regress_repair.balance;
SELECT count(*) FROM langchef_guard.drift('regress places');
ALTER TABLE regress_repair.live RENAME TO gone;
CREATE TABLE regress_repair.live (credit integer);
SELECT effect, command FROM langchef_guard.repair('regress places', online => false);
SELECT command FROM langchef_guard.repair('regress places', online => false) ORDER BY step \gexec
SELECT * FROM regress_repair.balance;
SELECT count(*) FROM langchef_guard.drift('regress places');
SELECT langchef_guard.unregister_expected('regress places');
DROP VIEW regress_repair.balance;
DROP TABLE regress_repair.live, regress_repair.arch;

-- What follows a table or a parent has no command of its own.
CREATE SCHEMA regress_elsewhere;
CREATE TABLE regress_repair.parent (i serial, x integer UNIQUE) PARTITION BY LIST (x);
CREATE TABLE regress_repair.part PARTITION OF regress_repair.parent FOR VALUES IN (1);
SELECT langchef_guard.register_expected('regress parent') > 0 AS registered;
ALTER TABLE regress_repair.parent RENAME x TO y;
ALTER TABLE regress_repair.parent SET SCHEMA regress_elsewhere;
SELECT command FROM langchef_guard.repair('regress parent', 'to_actual');
SELECT command FROM langchef_guard.repair('regress parent', online => false) ORDER BY step \gexec
SELECT operation, object, attribute, expected, actual FROM langchef_guard.drift('regress parent');
SELECT langchef_guard.unregister_expected('regress parent');
DROP TABLE regress_repair.parent;
DROP SCHEMA regress_elsewhere;

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
CREATE TABLE regress_repair.other (a integer);
ALTER TABLE regress_repair.other ADD COLUMN b integer;
SELECT max(id) AS added FROM langchef_guard.ledger WHERE command_tag = 'ALTER TABLE' \gset
ALTER TABLE regress_repair.other RENAME b TO c;
SELECT max(id) AS renamed FROM langchef_guard.ledger WHERE command_tag = 'ALTER TABLE' \gset
\set VERBOSITY sqlstate
SELECT langchef_guard.undo(:added);
\set VERBOSITY terse
ALTER TABLE regress_repair.other ADD COLUMN b integer;
SELECT langchef_guard.undo(:renamed);
DROP TABLE regress_repair.other;
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
