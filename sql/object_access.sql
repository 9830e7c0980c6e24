-- What reaches objects by another road than a command of its own.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_object_access TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_object_access
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
\set SHOW_CONTEXT never
CREATE TABLE t (a int);
INSERT INTO t VALUES (1);
SELECT lo_from_bytea(4711, 'data');

-- Large objects, by every call.
SELECT lo_unlink(4711);
DO $$ BEGIN PERFORM lo_unlink(4711); END $$;
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) SELECT lo_unlink(4711);
CREATE TABLE made AS SELECT lo_unlink(4711);
CREATE MATERIALIZED VIEW made AS SELECT lo_unlink(4711);
ALTER TABLE t ALTER a TYPE bigint USING lo_unlink(4711);
SELECT count(lo_unlink(oid)) FROM pg_largeobject_metadata;
INSERT INTO t SELECT lo_unlink(4711);
CREATE FUNCTION wrapped() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT lo_unlink(4711)';
SELECT wrapped();
DO $$ BEGIN PERFORM lo_unlink(4711); EXCEPTION WHEN OTHERS THEN NULL; END $$;
SET session_replication_role = replica;
SELECT lo_unlink(4711);
DROP TABLE t;
RESET session_replication_role;
SELECT lo_get(4711);
-- Those of the same transaction are nobody's loss.
BEGIN;
SELECT lo_create(4712);
SELECT lo_unlink(4712);
COMMIT;
SELECT command_tag, status, summary, attempts FROM langchef_guard.proposals ORDER BY id;
-- Approved.
SELECT langchef_guard.approve(id) AS token FROM langchef_guard.proposals WHERE command_tag = 'SELECT' ORDER BY id LIMIT 1 \gset
SET langchef_guard.approval_token = :'token';
BEGIN;
SELECT lo_unlink(4711);
ROLLBACK;
SELECT lo_unlink(4711);
SELECT count(*) FROM pg_largeobject_metadata;
SELECT source, command_tag, operation, object_type, identity, rules, approval_id IS NOT NULL AS approved FROM langchef_guard.ledger
WHERE object_type = 'large object';
SELECT lo_create(4711);
SELECT lo_unlink(4711);
-- A policy for applications that live on them.
INSERT INTO langchef_guard.policy (rule, action) VALUES ('D29', 'record');
SELECT lo_unlink(4711);
DELETE FROM langchef_guard.policy WHERE rule = 'D29';

-- A change of the mode in the same statement is on record all the same.
SELECT lo_create(4714);
SELECT set_config('langchef_guard.mode', 'off', true), lo_unlink(4714), set_config('langchef_guard.mode', 'enforce', true);
SELECT command_tag, operation, identity, difference -> 0 ->> 'after' AS after FROM langchef_guard.ledger WHERE object_type = 'setting' ORDER BY id;

-- The owner of large objects gives them away with everything, or loses them.
CREATE ROLE regress_lcg_objects;
SELECT lo_create(4713);
ALTER LARGE OBJECT 4713 OWNER TO regress_lcg_objects;
REASSIGN OWNED BY regress_lcg_objects TO CURRENT_USER;
DROP OWNED BY regress_lcg_objects;

-- Nothing of the server's own housekeeping is taken for a drop.
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE UNIQUE INDEX ON m (a);
REFRESH MATERIALIZED VIEW m;
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
VACUUM FULL t;
CREATE INDEX ti ON t (a);
CLUSTER t USING ti;
REINDEX TABLE CONCURRENTLY t;
CREATE TEMP TABLE passing (a int) ON COMMIT DROP;
BEGIN;
CREATE TEMP TABLE passing (a int) ON COMMIT DROP;
COMMIT;
DISCARD ALL;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO regress_lcg_objects;
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM regress_lcg_objects;
ALTER TABLE t ADD b int DEFAULT 1, ADD CHECK (b > 0);

SET langchef_guard.mode = 'off';
DROP OWNED BY regress_lcg_objects;
DROP ROLE regress_lcg_objects;
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_object_access;
