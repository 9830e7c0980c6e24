-- The record: one row per changed object, with what it was before.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset
SELECT set_config('regress.last', :'start', false) IS NOT NULL AS started;
-- What was recorded since the last call: + and - for facts, * for an attribute.
CREATE FUNCTION pg_temp.recorded(OUT command text, OUT operation text, OUT object text, OUT images text, OUT difference text)
RETURNS SETOF record LANGUAGE sql AS $$
    SELECT l.command_tag, l.operation, l.object_type || ' ' || l.identity,
           CASE WHEN l.definition_before IS NULL THEN '' ELSE 'before ' END || CASE WHEN l.definition_after IS NULL THEN '' ELSE 'after' END,
           (SELECT string_agg(CASE d ->> 'op' WHEN 'added' THEN '+' || (d ->> 'fact') WHEN 'removed' THEN '-' || (d ->> 'fact')
                                   ELSE '*' || (d ->> 'fact') || '.' || (d ->> 'attribute') END, ' ' ORDER BY n)
              FROM jsonb_array_elements(l.difference) WITH ORDINALITY AS x (d, n))
      FROM langchef_guard.ledger l
     WHERE l.id > current_setting('regress.last')::bigint AND l.backend_pid = pg_backend_pid()
     ORDER BY min(l.id) OVER (PARTITION BY l.xid, l.statement), (l.object_type || ' ' || l.identity) COLLATE "C";
$$;
\set recorded 'SELECT * FROM pg_temp.recorded(); SELECT set_config(''regress.last'', max(id)::text, false) AS last FROM langchef_guard.ledger \\gset'

CREATE SCHEMA regress_record;
SET search_path = regress_record;

-- A table with its sequence, a change of several parts, a comment.
CREATE TABLE prompts (id serial PRIMARY KEY, name varchar(40) DEFAULT 'x', body text);
ALTER TABLE prompts ADD COLUMN version integer DEFAULT 1, ALTER COLUMN name TYPE text, DROP COLUMN body;
COMMENT ON COLUMN prompts.name IS 'shown to users';
CREATE INDEX prompts_name_idx ON prompts (name);
:recorded

-- What changes nothing leaves nothing.
COMMENT ON COLUMN prompts.name IS 'shown to users';
CREATE TABLE IF NOT EXISTS prompts (a integer);
DROP TABLE IF EXISTS absent;
ALTER TABLE IF EXISTS absent ADD COLUMN a integer;
CREATE TEMP TABLE temporary (a integer);
DROP TABLE temporary;
BEGIN;
CREATE TABLE rolled_back (a integer);
ROLLBACK;
BEGIN;
SAVEPOINT a;
CREATE TABLE rolled_back (a integer);
ROLLBACK TO a;
COMMIT;
:recorded

-- A new name is a change, also of what mentions the old one.
CREATE VIEW names AS SELECT id, name FROM prompts;
ALTER TABLE prompts RENAME COLUMN name TO title;
ALTER TABLE prompts RENAME TO templates;
:recorded

-- One command, many objects: heirs, partitions, parts of others.
CREATE TABLE parent (a integer);
CREATE TABLE heir () INHERITS (parent);
ALTER TABLE parent ADD COLUMN b integer;
CREATE TABLE events (at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 (at date);
ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
ALTER TABLE events DETACH PARTITION events_1;
:recorded

-- Cascades: what goes and what stays behind without a part.
CREATE TYPE mood AS ENUM ('calm', 'hot');
CREATE TABLE days (id integer, mood mood, CONSTRAINT days_fkey FOREIGN KEY (id) REFERENCES templates);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER days_touch BEFORE INSERT ON days FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TYPE mood RENAME VALUE 'hot' TO 'warm';
:recorded
SET client_min_messages = warning;
DROP TYPE mood CASCADE;
DROP FUNCTION touch() CASCADE;
DROP TABLE templates CASCADE;
RESET client_min_messages;
:recorded

-- Privileges are found by comparing definitions.
CREATE ROLE regress_lcg_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA regress_record TO regress_lcg_reader;
GRANT SELECT ON days TO regress_lcg_reader;
REVOKE ALL ON ALL TABLES IN SCHEMA regress_record FROM regress_lcg_reader;
:recorded

-- Commands inside of others, and kinds of objects without a definition.
DO $$ BEGIN CREATE TABLE in_block (a integer); DROP TABLE in_block; END $$;
CREATE TABLE from_query AS SELECT 1 AS one;
CREATE SCHEMA regress_record_2 CREATE TABLE t (a integer) CREATE VIEW v AS SELECT a FROM t;
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE FOREIGN DATA WRAPPER regress_wrapper;
CREATE SERVER regress_server FOREIGN DATA WRAPPER regress_wrapper OPTIONS (host 'h');
CREATE USER MAPPING FOR regress_lcg_reader SERVER regress_server OPTIONS (password 'secret');
:recorded
SELECT statement FROM langchef_guard.ledger WHERE id > :start AND command_tag IN ('CREATE SERVER', 'CREATE USER MAPPING') ORDER BY id;

-- Only the statement's own slice is kept, without secrets.
CREATE TABLE slice_1 (a integer)\; /* next */ CREATE TABLE slice_2 (a integer)\; SELECT 'unrelated' AS said;
COMMENT ON TABLE slice_1 IS 'lcg_0123456789012345678901234567890123456789';
SELECT statement, definition_after #>> '{attributes,comment}' AS comment FROM langchef_guard.ledger
 WHERE id > :start AND identity LIKE '%slice\_%' ORDER BY id;

-- A replica session is recorded as well; mode off is not.
SET session_replication_role = replica;
CREATE TABLE replicated (a integer);
RESET session_replication_role;
SET langchef_guard.mode = off;
CREATE TABLE unseen (a integer);
SET langchef_guard.mode = record;
ALTER TABLE unseen ADD COLUMN b integer;
SELECT operation, identity, definition_before IS NULL AS unknown_before, difference
  FROM langchef_guard.ledger WHERE id > :start AND identity IN ('regress_record.replicated', 'regress_record.unseen') ORDER BY id;

-- Who, when and where.
CREATE ROLE regress_lcg_writer;
GRANT CREATE, USAGE ON SCHEMA regress_record TO regress_lcg_writer;
SET langchef_guard.migration = 'release 7';
SET ROLE regress_lcg_writer;
CREATE TABLE by_writer (a integer);
RESET ROLE;
SELECT session_role = session_user AS session, outer_role, effective_role, migration, source, xid IS NOT NULL AS has_xid,
       recorded_at >= transaction_at AS in_time, backend_pid = pg_backend_pid() AS here,
       system_identifier = (SELECT system_identifier FROM pg_control_system()) AS cluster, statement
  FROM langchef_guard.ledger WHERE id > :start AND identity = 'regress_record.by_writer';

-- The functions are triggers and nothing else; the tables are nobody's.
SELECT langchef_guard.ddl_command_end();
SET ROLE regress_lcg_writer;
SELECT count(*) FROM langchef_guard.ledger;
INSERT INTO langchef_guard.alembic_step DEFAULT VALUES;
SELECT langchef_guard.baseline();
RESET ROLE;

-- What is known of an object is what its last row says.
SELECT count(*) AS differing FROM langchef_guard.known_object k JOIN langchef_guard.ledger l ON l.id = k.ledger_id
 WHERE k.definition <> l.definition_after;

SET client_min_messages = warning;
DROP USER MAPPING FOR regress_lcg_reader SERVER regress_server;
DROP FOREIGN DATA WRAPPER regress_wrapper CASCADE;
DROP SCHEMA regress_record, regress_record_2 CASCADE;
DROP ROLE regress_lcg_reader, regress_lcg_writer;
SELECT count(*) AS left_over FROM langchef_guard.known_object WHERE identity LIKE 'regress\_record%';
