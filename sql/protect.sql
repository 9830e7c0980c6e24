-- The guard protects itself, against superusers as well: LG003.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_protect TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_protect
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
\set SHOW_CONTEXT never
CREATE ROLE regress_lcg_protect;
CREATE TABLE mine (a int);

-- Event triggers.
\set VERBOSITY sqlstate
DROP EVENT TRIGGER langchef_guard_sql_drop;
\set VERBOSITY default
ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE;
ALTER EVENT TRIGGER langchef_guard_sql_drop OWNER TO CURRENT_USER;
ALTER EVENT TRIGGER langchef_guard_sql_drop RENAME TO harmless;
ALTER EVENT TRIGGER langchef_guard_sql_drop ENABLE ALWAYS;
-- Members, the schema, the extension.
ALTER EXTENSION langchef_guard DROP EVENT TRIGGER langchef_guard_sql_drop;
ALTER EXTENSION langchef_guard DROP FUNCTION langchef_guard.seal();
ALTER EXTENSION langchef_guard ADD TABLE mine;
DROP FUNCTION langchef_guard.sql_drop() CASCADE;
DROP TABLE mine, langchef_guard.ledger;
DROP VIEW langchef_guard.changes;
DROP SCHEMA langchef_guard CASCADE;
ALTER SCHEMA langchef_guard RENAME TO harmless;
ALTER SCHEMA langchef_guard OWNER TO regress_lcg_protect;
ALTER TABLE langchef_guard.ledger ALTER statement DROP NOT NULL;
ALTER TABLE langchef_guard.ledger OWNER TO regress_lcg_protect;
ALTER TABLE langchef_guard.ledger SET SCHEMA public;
ALTER TABLE langchef_guard.ledger RENAME COLUMN statement TO other;
ALTER TABLE langchef_guard.policy DISABLE TRIGGER check_policy;
ALTER TABLE mine SET SCHEMA langchef_guard;
ALTER TABLE mine INHERIT langchef_guard.ledger;
ALTER INDEX langchef_guard.ledger_pkey RENAME TO other;
ALTER SEQUENCE langchef_guard.ledger_id_seq RESTART;
ALTER FUNCTION langchef_guard.seal() SET search_path = public;
ALTER FUNCTION langchef_guard.seal() OWNER TO regress_lcg_protect;
ALTER FUNCTION langchef_guard.seal() DEPENDS ON EXTENSION plpgsql;
CREATE OR REPLACE FUNCTION langchef_guard.seal() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';
CREATE OR REPLACE VIEW langchef_guard.changes AS SELECT 1;
TRUNCATE mine, langchef_guard.seal;
-- What would change its rows or read as its rows.
CREATE TRIGGER silent BEFORE INSERT ON langchef_guard.ledger FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE RULE silent AS ON INSERT TO langchef_guard.approval DO INSTEAD NOTHING;
CREATE POLICY silent ON langchef_guard.policy USING (false);
CREATE INDEX ON langchef_guard.ledger (xid);
CREATE TABLE child () INHERITS (langchef_guard.ledger);
CREATE TABLE child (a bigint REFERENCES langchef_guard.proposal);
CREATE TABLE child (a bigint, FOREIGN KEY (a) REFERENCES langchef_guard.proposal);
ALTER TABLE mine ADD COLUMN b bigint REFERENCES langchef_guard.proposal;
ALTER TABLE mine ADD FOREIGN KEY (a) REFERENCES langchef_guard.proposal;
CREATE EXTENSION hstore SCHEMA langchef_guard;
CREATE TABLE langchef_guard.guest (a int);
CREATE TABLE langchef_guard.guest AS SELECT 1;
CREATE FUNCTION langchef_guard.approve(text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION langchef_guard.ddl_command_start();
CREATE TYPE langchef_guard.guest AS ENUM ('a');
CREATE SEQUENCE langchef_guard.guest;
SET search_path = langchef_guard;
CREATE TABLE guest (a int);
CREATE TEMP TABLE passing (a int);
RESET search_path;
-- By other roads.
DO $$ BEGIN EXECUTE 'DROP EVENT TRIGGER langchef_guard_sql_drop'; END $$;
REASSIGN OWNED BY regress_lcg_protect TO CURRENT_USER;
-- Privileges to write, but not to read, to call, or to write policies.
GRANT INSERT ON langchef_guard.ledger TO regress_lcg_protect;
GRANT ALL ON ALL TABLES IN SCHEMA langchef_guard TO regress_lcg_protect;
GRANT UPDATE (uses) ON langchef_guard.approval TO regress_lcg_protect;
GRANT REFERENCES ON langchef_guard.policy TO regress_lcg_protect;
GRANT CREATE ON SCHEMA langchef_guard TO regress_lcg_protect;
GRANT USAGE ON SCHEMA langchef_guard TO regress_lcg_protect;
GRANT SELECT ON langchef_guard.ledger TO regress_lcg_protect;
GRANT INSERT, UPDATE, DELETE ON langchef_guard.policy TO regress_lcg_protect;
GRANT EXECUTE ON FUNCTION langchef_guard.drift(text, boolean) TO regress_lcg_protect;
SELECT langchef_guard.grant_approver('regress_lcg_protect');
COMMENT ON TABLE langchef_guard.ledger IS 'read by the auditors';

-- No policy and no token helps, and mode "record" protects, too.
INSERT INTO langchef_guard.policy (rule, action) VALUES ('P07', 'allow');
SELECT langchef_guard.issue_token(CURRENT_USER, NULL, NULL, '1 hour', 9, 'everything') AS token \gset
SET langchef_guard.approval_token = :'token';
SET langchef_guard.mode = 'record';
DROP EVENT TRIGGER langchef_guard_sql_drop;
RESET langchef_guard.mode;
RESET langchef_guard.approval_token;

-- Each attempt is on record, and none can be approved.
SELECT status, count(*), sum(attempts) AS attempts FROM langchef_guard.proposals GROUP BY status;
SELECT langchef_guard.approve(min(id)) FROM langchef_guard.proposals WHERE status = 'denied';
-- So is what a policy denies.
INSERT INTO langchef_guard.policy (object, action) VALUES ('public.mine', 'deny');
DROP TABLE mine;
DROP TABLE mine;
SELECT status, command_tag, summary, attempts FROM langchef_guard.proposals ORDER BY id DESC LIMIT 1;

-- Writing to the guard's tables is on record, whoever does it.
INSERT INTO langchef_guard.policy (schema_name, action) VALUES ('public', 'allow');
UPDATE langchef_guard.approval SET reason = 'forged' WHERE id = 1;
WITH gone AS (DELETE FROM langchef_guard.policy WHERE object IS NOT NULL RETURNING id) SELECT count(*) FROM gone;
MERGE INTO langchef_guard.seal AS s USING mine ON s.id = mine.a WHEN MATCHED THEN DELETE;
COPY langchef_guard.policy (rule, action) FROM stdin;
D01	record
\.
SELECT source, command_tag, operation, object_type, identity, statement FROM langchef_guard.ledger
WHERE schema_name = 'langchef_guard' ORDER BY id;

-- A change that nobody would record does not happen.
SET allow_system_table_mods = on;
UPDATE pg_event_trigger SET evtenabled = 'D' WHERE evtname = 'langchef_guard_ddl_command_end';
CREATE TABLE unseen (a int);
ALTER EVENT TRIGGER langchef_guard_ddl_command_end ENABLE ALWAYS;
UPDATE pg_event_trigger SET evttags = '{COMMENT}' WHERE evtname = 'langchef_guard_ddl_command_end';
CREATE TABLE unseen (a int);
UPDATE pg_event_trigger SET evttags = NULL WHERE evtname = 'langchef_guard_ddl_command_end';
UPDATE pg_event_trigger SET evtfoid = 'suppress_redundant_updates_trigger'::regproc WHERE evtname = 'langchef_guard_sql_drop';
CREATE TABLE unseen (a int);
UPDATE pg_event_trigger SET evtfoid = 'langchef_guard.sql_drop'::regproc WHERE evtname = 'langchef_guard_sql_drop';
CREATE TABLE seen (a int);
RESET allow_system_table_mods;

-- Housekeeping is no tampering.
VACUUM FULL langchef_guard.ledger;
REINDEX TABLE langchef_guard.ledger;
REINDEX TABLE CONCURRENTLY langchef_guard.ledger;
CLUSTER langchef_guard.ledger USING ledger_pkey;
ANALYZE langchef_guard.ledger;

-- The documented road, with an approval, and back: nothing is left behind.
\set VERBOSITY terse
DROP EXTENSION langchef_guard;
SELECT langchef_guard.approve(max(id)) AS token FROM langchef_guard.proposals WHERE command_tag = 'DROP EXTENSION' \gset
SET langchef_guard.approval_token = :'token';
BEGIN;
DROP EXTENSION langchef_guard;
ROLLBACK;
DROP EVENT TRIGGER langchef_guard_sql_drop;
DROP EXTENSION langchef_guard;
SELECT count(*) FROM pg_namespace WHERE nspname = 'langchef_guard';
SELECT count(*) FROM pg_event_trigger;
SELECT count(*) FROM pg_depend AS d LEFT JOIN pg_proc AS p ON p.oid = d.objid WHERE d.classid = 'pg_proc'::regclass AND p.oid IS NULL;
DROP TABLE mine;
CREATE TABLE unguarded (a int);
DROP TABLE unguarded;
CREATE EXTENSION langchef_guard;
CREATE TABLE guarded (a int);
SELECT command_tag, identity FROM langchef_guard.ledger;

DROP EXTENSION langchef_guard CASCADE;

-- An owner other than the bootstrap superuser takes nothing along.
BEGIN;
SET LOCAL langchef_guard.mode = 'off';
DROP EXTENSION langchef_guard;
COMMIT;
CREATE ROLE regress_lcg_protect_super SUPERUSER;
SET SESSION AUTHORIZATION regress_lcg_protect_super;
CREATE EXTENSION langchef_guard;
RESET SESSION AUTHORIZATION;
\set VERBOSITY terse
DROP OWNED BY regress_lcg_protect_super CASCADE;
REASSIGN OWNED BY regress_lcg_protect_super TO CURRENT_USER;
ALTER ROLE regress_lcg_protect_super RENAME TO regress_lcg_protect_other;
\set VERBOSITY default
-- What another event trigger does to the mode comes too late.
CREATE FUNCTION relax() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('langchef_guard.mode', 'off', false); END $$;
CREATE EVENT TRIGGER a_first ON ddl_command_end EXECUTE FUNCTION relax();
CREATE TABLE watched (a int);
SELECT source, command_tag, operation, identity FROM langchef_guard.ledger ORDER BY id DESC LIMIT 3;
RESET langchef_guard.mode;
-- Programs and files of the server, and code.
COPY watched TO PROGRAM 'cat > /dev/null';
COPY watched FROM PROGRAM 'PGPASSWORD=hidden true';
BEGIN READ ONLY;
COPY watched TO PROGRAM 'cat > /dev/null';
COMMIT;
SET default_transaction_read_only = on;
\set VERBOSITY sqlstate
ALTER SYSTEM SET langchef_guard.mode = 'off';
\set VERBOSITY default
RESET default_transaction_read_only;
LOAD 'plpgsql';
SELECT source, command_tag, operation, object_type, identity, statement FROM langchef_guard.ledger WHERE operation = 'other' AND object_type <> 'setting' ORDER BY id;

SET langchef_guard.mode = 'off';
DROP EXTENSION langchef_guard CASCADE;
DROP ROLE regress_lcg_protect, regress_lcg_protect_super;
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_protect;
