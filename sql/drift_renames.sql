-- Drift: a rename that the ledger knows is one difference.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
CREATE SCHEMA regress_names;
SET search_path = regress_names;
CREATE TYPE mood AS ENUM ('sad', 'fine');
CREATE TABLE prompts (id int PRIMARY KEY, version int CONSTRAINT positive CHECK (version > 0), mood mood DEFAULT 'fine', note text);
CREATE INDEX prompts_version ON prompts (version) WHERE version > 5;
CREATE TABLE answers (id int, prompt int CONSTRAINT answers_prompt REFERENCES prompts);
CREATE VIEW latest AS SELECT prompts.id, prompts.version FROM prompts;
CREATE FUNCTION cheer(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
CREATE TABLE parted (k int, v int) PARTITION BY LIST (k);
CREATE TABLE part PARTITION OF parted FOR VALUES IN (1);
SELECT langchef_guard.register_expected('regress names') > 10 AS registered;
CREATE VIEW told AS
  SELECT d.operation, d.kind, d.object, d.attribute, CASE WHEN d.operation = 'renamed' OR d.implied_by IS NULL THEN d.expected END AS expected,
         CASE WHEN d.operation = 'renamed' OR d.implied_by IS NULL THEN d.actual END AS actual, c.object AS implied_by, d.severity, d.blame, d.statement
    FROM langchef_guard.drift('regress names') d LEFT JOIN langchef_guard.drift('regress names') c ON c.drift_id = d.implied_by
   WHERE d.object NOT LIKE '%told%' ORDER BY d.implied_by IS NOT NULL, d.object COLLATE "C", d.kind, d.attribute;
\x on

-- A table: what mentions it follows from the rename.
BEGIN;
ALTER TABLE prompts RENAME TO questions;
SELECT * FROM told;
SELECT detail FROM langchef_guard.drift('regress names') WHERE operation = 'renamed';
SELECT langchef_guard.is_clean('regress names');
ROLLBACK;

-- A column.
BEGIN;
ALTER TABLE prompts RENAME version TO revision;
SELECT * FROM told;
ROLLBACK;

\x off
-- One after another is one, there and back is none.
BEGIN;
ALTER TABLE prompts RENAME note TO remark;
ALTER TABLE prompts RENAME TO a;
ALTER TABLE a RENAME TO b;
ALTER TABLE b RENAME remark TO comment;
SELECT operation, kind, object, expected, actual, statement FROM told WHERE implied_by IS NULL;
ALTER TABLE b RENAME comment TO note;
ALTER TABLE b RENAME TO prompts;
SELECT * FROM told;
ROLLBACK;

-- Another one under the old name is a new table; what else changed is told under the new name.
BEGIN;
ALTER TABLE answers ALTER prompt SET NOT NULL;
ALTER TABLE answers RENAME TO replies;
ALTER TABLE replies DROP id, ADD added int;
ALTER TABLE replies RENAME TO reactions;
CREATE TABLE answers (other int);
SELECT operation, kind, object, attribute, expected, actual, implied_by, blame, statement FROM told;
ROLLBACK;

-- Two change places.
BEGIN;
ALTER TABLE parted RENAME TO between;
ALTER TABLE answers RENAME TO parted;
ALTER TABLE between RENAME TO answers;
SELECT operation, kind, object, attribute, expected, actual, implied_by, statement FROM told;
ROLLBACK;

-- Renamed, and then dropped.
BEGIN;
ALTER TABLE answers RENAME TO replies;
DROP TABLE replies;
SELECT operation, kind, object, implied_by, blame, statement FROM told;
ROLLBACK;

-- The schema, and what is in it.
BEGIN;
ALTER SCHEMA regress_names RENAME TO regress_new_names;
SELECT operation, kind, object, expected, actual, implied_by, statement FROM regress_new_names.told WHERE implied_by IS NULL OR operation = 'renamed';
ROLLBACK;
BEGIN;
CREATE SCHEMA regress_other_names;
ALTER TABLE prompts SET SCHEMA regress_other_names;
SELECT operation, kind, object, attribute, implied_by FROM told;
ROLLBACK;

-- A type, a label, and what has no definition of its own.
BEGIN;
ALTER TYPE mood RENAME TO feeling;
SELECT operation, kind, object, attribute, expected, actual, implied_by FROM told;
ROLLBACK;
BEGIN;
ALTER TYPE mood RENAME VALUE 'fine' TO 'ok';
SELECT operation, kind, object, attribute, expected, actual, implied_by, statement FROM told;
ALTER TYPE mood ADD VALUE 'great';
SELECT operation, kind, object, attribute, expected, actual FROM told WHERE kind = 'enum';
ROLLBACK;
BEGIN;
ALTER TABLE prompts RENAME CONSTRAINT positive TO above_zero;
ALTER INDEX prompts_pkey RENAME TO key;
ALTER INDEX prompts_version RENAME TO by_version;
ALTER FUNCTION cheer RENAME TO praise;
ALTER VIEW latest RENAME version TO newest;
SELECT operation, kind, object, attribute, expected, actual, implied_by, severity FROM told;
ROLLBACK;

-- A partition's column goes with that of its table.
BEGIN;
ALTER TABLE parted RENAME v TO value;
SELECT operation, kind, object, expected, actual, implied_by FROM told;
ROLLBACK;

-- What the ledger does not know is an object less and another one.
BEGIN;
SET LOCAL langchef_guard.mode = 'off';
ALTER TABLE answers RENAME TO replies;
SET LOCAL langchef_guard.mode = 'record';
SELECT operation, kind, object, blame FROM told WHERE implied_by IS NULL;
SELECT langchef_guard.resync() > 0 AS found;
SELECT operation, kind, object, blame FROM told WHERE implied_by IS NULL;
ROLLBACK;

SELECT langchef_guard.unregister_expected('regress names');
SET client_min_messages = warning;
DROP SCHEMA regress_names CASCADE;
