-- Migration steps: each change of a version table ends one.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset
SELECT coalesce(max(id), 0) AS first_step FROM langchef_guard.alembic_step \gset
CREATE ROLE regress_lcg_migrator;
CREATE SCHEMA regress_step AUTHORIZATION regress_lcg_migrator;
SET ROLE regress_lcg_migrator;
SET search_path = regress_step;

-- As Alembic does it: the version table, then one transaction per revision.
BEGIN;
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
COMMIT;
BEGIN;
CREATE TABLE users (id integer);
INSERT INTO alembic_version VALUES ('a1');
COMMIT;
BEGIN;
CREATE TABLE prompts (id integer);
ALTER TABLE users ADD COLUMN email text;
UPDATE alembic_version SET version_num = 'b2' WHERE version_num = 'a1';
COMMIT;
-- A revision that changes no schema is a step of its own.
UPDATE alembic_version SET version_num = 'c3' WHERE version_num = 'b2';
-- Two branches, and their merge.
ALTER TABLE users ADD COLUMN branch_1 text;
UPDATE alembic_version SET version_num = 'd4' WHERE version_num = 'c3';
ALTER TABLE users ADD COLUMN branch_2 text;
INSERT INTO alembic_version VALUES ('e5');
ALTER TABLE users ADD COLUMN merged text;
DELETE FROM alembic_version WHERE version_num = 'e5';
UPDATE alembic_version SET version_num = 'f6' WHERE version_num = 'd4';
-- What is rolled back is no step.
BEGIN;
ALTER TABLE users ADD COLUMN undone text;
UPDATE alembic_version SET version_num = 'g7';
ROLLBACK;
-- A change by hand belongs to no step.
ALTER TABLE users ADD COLUMN by_hand text;
RESET ROLE;

SELECT command_tag, identity, difference @? '$[*] ? (@.kind == "column")' AS columns, revision_before, revision_from, revision_to
  FROM langchef_guard.changes WHERE id > :start AND schema_name = 'regress_step' ORDER BY id;
SELECT version_table, operation, revision_from, revision_to
  FROM langchef_guard.alembic_step WHERE id > :first_step ORDER BY id;

-- The trigger is nobody's to see, and goes with a new name of the table.
SELECT tgisinternal, tgenabled, tgfoid::regproc FROM pg_trigger WHERE tgrelid = 'regress_step.alembic_version'::regclass;
SELECT count(*) FROM langchef_guard.ledger WHERE id > :start AND difference @? '$[*] ? (@.kind == "trigger")';
ALTER TABLE alembic_version RENAME TO other_version;
UPDATE other_version SET version_num = 'h8';
ALTER TABLE other_version RENAME TO alembic_version;
UPDATE alembic_version SET version_num = 'i9';
SELECT revision_from, revision_to FROM langchef_guard.alembic_step WHERE id > :first_step ORDER BY id DESC LIMIT 1;

-- A table of another name, by setting; text that is no list does no harm.
SET langchef_guard.alembic_version_table = ' "od,d".x.y ,, regress_step."My Version", alembic_version';
CREATE TABLE "My Version" (version_num text);
INSERT INTO "My Version" VALUES ('m1');
SELECT version_table, operation, revision_to FROM langchef_guard.alembic_step WHERE id > :first_step ORDER BY id DESC LIMIT 1;
RESET langchef_guard.alembic_version_table;

-- A replica session and a COPY step as well.
SET session_replication_role = replica;
COPY alembic_version FROM stdin;
copied
\.
RESET session_replication_role;
SELECT operation, revision_to FROM langchef_guard.alembic_step WHERE id > :first_step ORDER BY id DESC LIMIT 1;
CREATE TRIGGER by_hand AFTER INSERT ON users EXECUTE FUNCTION langchef_guard.alembic_step_trigger();
INSERT INTO users DEFAULT VALUES;
SELECT langchef_guard.alembic_step_trigger();

SET client_min_messages = warning;
DROP SCHEMA regress_step CASCADE;
DROP ROLE regress_lcg_migrator;
