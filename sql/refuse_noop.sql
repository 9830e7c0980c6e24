-- What changes nothing, or cannot run, asks for no approval.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
SET client_min_messages = warning;
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE SCHEMA noop;
SET search_path = noop;
SELECT pg_catalog.count(*) AS proposals FROM langchef_guard.proposals \gset

CREATE TABLE t (a int PRIMARY KEY, b int);
INSERT INTO t VALUES (1, 1);
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE TRIGGER ALL;
ALTER TABLE t DISABLE TRIGGER USER;
ALTER TABLE t DISABLE TRIGGER absent;
ALTER TABLE t DISABLE RULE absent;
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- What the transaction made it may switch off.
BEGIN;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fire();
CREATE RULE ru AS ON DELETE TO t DO ALSO NOTHING;
ALTER TABLE t DISABLE TRIGGER tr, DISABLE RULE ru;
COMMIT;
-- And what is off already.
ALTER TABLE t DISABLE TRIGGER tr;
ALTER TABLE t ENABLE REPLICA TRIGGER tr;
ALTER TABLE t ENABLE REPLICA TRIGGER tr;
ALTER TABLE t DISABLE RULE ru;
ALTER TABLE t ENABLE REPLICA RULE ru;

-- Partitions: attached by the same transaction, or empty.
CREATE TABLE whole (a int) PARTITION BY LIST (a);
CREATE TABLE piece (a int);
INSERT INTO piece VALUES (1);
BEGIN;
ALTER TABLE whole ATTACH PARTITION piece FOR VALUES IN (1);
ALTER TABLE whole DETACH PARTITION piece;
COMMIT;
CREATE TABLE nothing PARTITION OF whole FOR VALUES IN (2);
ALTER TABLE whole DETACH PARTITION nothing;
CREATE TABLE child () INHERITS (piece);
ALTER TABLE child NO INHERIT piece;

-- What the server refuses by itself.
DROP TABLE t, absent;
DROP TABLE absent, t;
DROP TABLE t, absent.absent;
DROP INDEX t_pkey, absent;
DROP INDEX t_pkey;
DROP INDEX t_pkey CASCADE;
CREATE INDEX t_b ON t (b);
CREATE INDEX t_b_a ON t (b, a);
DROP INDEX t_b, t_pkey;
DROP INDEX CONCURRENTLY t_b, t_b_a;
DROP INDEX CONCURRENTLY t_b CASCADE;
CREATE INDEX whole_a ON whole (a);
DROP INDEX CONCURRENTLY whole_a;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION f(), absent();
DROP VIEW absent, absent2;

SELECT pg_catalog.count(*) - :proposals AS filed FROM langchef_guard.proposals;

-- These do change something.
ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE TRIGGER tr;
ALTER TABLE t DISABLE RULE ru;
CREATE TABLE t_child (a int REFERENCES t);
ALTER TABLE t_child DISABLE TRIGGER USER;
ALTER TABLE t_child DISABLE TRIGGER ALL;
DROP TABLE IF EXISTS t_child, absent;
DO $$
DECLARE
    detail text;
BEGIN
    DROP TABLE t_child, t_child;
EXCEPTION WHEN SQLSTATE 'LG001' THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RAISE WARNING '%: %', SQLERRM, detail;
END $$;

-- A token is for the trigger or rule, whatever took its name meanwhile.
CREATE TABLE named (a int);
CREATE TRIGGER tr BEFORE INSERT ON named FOR EACH ROW EXECUTE FUNCTION fire();
CREATE RULE ru AS ON DELETE TO named DO ALSO NOTHING;
ALTER TABLE named DISABLE TRIGGER tr, DISABLE RULE ru;
SELECT langchef_guard.approve(pg_catalog.max(id), 'test', max_uses => 2) AS token FROM langchef_guard.proposals \gset
SET langchef_guard.approval_token = :'token';
ALTER TRIGGER tr ON named RENAME TO tr_old;
CREATE TRIGGER tr BEFORE INSERT ON named FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE named DISABLE TRIGGER tr, DISABLE RULE ru;
ALTER TABLE named DISABLE TRIGGER tr_old, DISABLE RULE ru;
-- Nor is one for a column good when more goes with it.
CREATE TABLE columns (a int, b int);
INSERT INTO columns VALUES (1, 1);
ALTER TABLE columns DROP COLUMN a;
SELECT langchef_guard.approve(pg_catalog.max(id), 'test', max_uses => 2) AS token FROM langchef_guard.proposals \gset
SET langchef_guard.approval_token = :'token';
ALTER TABLE columns ADD CONSTRAINT columns_a UNIQUE (a);
ALTER TABLE columns DROP COLUMN a;
CREATE TYPE pair AS (a int, b int);
ALTER TYPE pair DROP ATTRIBUTE a CASCADE;
SELECT langchef_guard.approve(pg_catalog.max(id), 'test', max_uses => 2) AS token FROM langchef_guard.proposals \gset
SET langchef_guard.approval_token = :'token';
CREATE TABLE pairs OF pair;
ALTER TYPE pair DROP ATTRIBUTE a CASCADE;
RESET langchef_guard.approval_token;

-- Who may not read a table is told no number of its rows.
CREATE ROLE regress_lcg_noop;
CREATE SCHEMA noop_secret AUTHORIZATION regress_lcg_noop;
CREATE TABLE noop_secret.secret (a int);
INSERT INTO noop_secret.secret VALUES (1), (2), (3);
CREATE TABLE noop_secret.rows (a int);
INSERT INTO noop_secret.rows VALUES (1), (2), (3);
ALTER TABLE noop_secret.rows ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON noop_secret.rows TO regress_lcg_noop;
CREATE FUNCTION attempt(command text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE command;
    RETURN NEXT 'done';
EXCEPTION WHEN SQLSTATE 'LG001' THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN NEXT sqlerrm || '.  ' || detail;
END $$;
GRANT USAGE ON SCHEMA noop TO regress_lcg_noop;
SET ROLE regress_lcg_noop;
SELECT attempt('DROP TABLE noop_secret.secret');
SELECT attempt('DROP TABLE noop_secret.rows');
RESET ROLE;
SELECT attempt('DROP TABLE noop_secret.secret');

SELECT pg_catalog.set_config('langchef_guard.mode', 'off', false);
SET client_min_messages = error;
DROP SCHEMA noop, noop_secret CASCADE;
DROP ROLE regress_lcg_noop;
