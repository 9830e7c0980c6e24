-- Databases, roles, tablespaces and settings, from a database without the guard.
SET client_min_messages = warning;
LOAD 'langchef_guard';
\set SHOW_CONTEXT never
\set home :DBNAME
CREATE DATABASE regress_lcg_plain TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE regress_lcg_other TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE DATABASE regress_lcg_guarded TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
CREATE ROLE regress_lcg_admin CREATEROLE CREATEDB;
CREATE ROLE regress_lcg_app;
CREATE ROLE regress_lcg_approver;
CREATE ROLE regress_lcg_nobody;
\c regress_lcg_guarded
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
CREATE TABLE t (a int);
ALTER TABLE t OWNER TO regress_lcg_app;
SELECT langchef_guard.grant_approver('regress_lcg_approver');
\c regress_lcg_plain
SET client_min_messages = warning;
LOAD 'langchef_guard';

-- Databases.
DROP DATABASE regress_lcg_guarded;
DROP DATABASE regress_lcg_guarded WITH (FORCE);
BEGIN;
DROP DATABASE regress_lcg_guarded;
ROLLBACK;
ALTER DATABASE regress_lcg_guarded RENAME TO regress_lcg_elsewhere;
ALTER DATABASE regress_lcg_guarded OWNER TO regress_lcg_admin;
ALTER DATABASE regress_lcg_guarded CONNECTION LIMIT 0;
ALTER DATABASE regress_lcg_guarded ALLOW_CONNECTIONS false;
ALTER DATABASE regress_lcg_guarded IS_TEMPLATE true;
ALTER DATABASE regress_lcg_guarded SET session_replication_role = 'replica';
ALTER DATABASE regress_lcg_guarded SET langchef_guard.mode = 'off';
ALTER DATABASE regress_lcg_guarded SET langchef_guard.mode = 'warn';
ALTER DATABASE regress_lcg_guarded SET langchef_guard.mode = 'enforce';
ALTER DATABASE regress_lcg_guarded SET session_preload_libraries = '';
ALTER DATABASE regress_lcg_guarded SET session_preload_libraries = 'langchef_guard';
ALTER DATABASE regress_lcg_guarded RESET session_preload_libraries;
ALTER DATABASE regress_lcg_guarded RESET ALL;
-- The server tells what is not the role's to do, and nothing is filed.
SET ROLE regress_lcg_admin;
DROP DATABASE regress_lcg_guarded;
ALTER DATABASE regress_lcg_guarded SET langchef_guard.mode = 'off';
RESET ROLE;
-- What protects, and what is of no concern, passes.
ALTER DATABASE regress_lcg_guarded SET langchef_guard.mode = 'enforce';
ALTER DATABASE regress_lcg_guarded RESET langchef_guard.mode;
ALTER DATABASE regress_lcg_guarded SET work_mem = '8MB';
ALTER DATABASE regress_lcg_guarded RESET work_mem;
ALTER DATABASE regress_lcg_other CONNECTION LIMIT 5;
ALTER DATABASE regress_lcg_other RENAME TO regress_lcg_renamed;
DROP DATABASE regress_lcg_renamed;
DROP DATABASE IF EXISTS regress_lcg_renamed;

-- Roles: what goes round the guard, who may approve, who owns what it guards.
ALTER ROLE regress_lcg_app SUPERUSER;
ALTER ROLE regress_lcg_app CREATEDB;
ALTER ROLE regress_lcg_nobody BYPASSRLS;
ALTER ROLE regress_lcg_nobody REPLICATION;
ALTER ROLE regress_lcg_nobody CREATEROLE BYPASSRLS;
ALTER ROLE regress_lcg_app RENAME TO regress_lcg_app2;
ALTER ROLE regress_lcg_approver RENAME TO regress_lcg_approver2;
ALTER ROLE regress_lcg_nobody RENAME TO regress_lcg_somebody;
GRANT regress_lcg_approver TO regress_lcg_app;
GRANT regress_lcg_app TO regress_lcg_somebody;
GRANT pg_write_all_data TO regress_lcg_app;
CREATE ROLE regress_lcg_lead;
SET langchef_guard.mode = 'off';
GRANT regress_lcg_approver TO regress_lcg_lead;
RESET langchef_guard.mode;
GRANT regress_lcg_lead TO regress_lcg_app;
GRANT SET ON PARAMETER langchef_guard.mode TO regress_lcg_app;
CREATE ROLE regress_lcg_second IN ROLE regress_lcg_approver;
ALTER GROUP regress_lcg_approver ADD USER regress_lcg_app;
SET langchef_guard.mode = 'off';
GRANT regress_lcg_approver TO regress_lcg_admin WITH ADMIN OPTION;
RESET langchef_guard.mode;
SET ROLE regress_lcg_admin;
ALTER ROLE regress_lcg_approver PASSWORD 'mine now';
RESET ROLE;
-- Who may do nothing of it asks nobody.
\set VERBOSITY sqlstate
SET ROLE regress_lcg_somebody;
ALTER ROLE regress_lcg_somebody SUPERUSER;
GRANT regress_lcg_approver TO regress_lcg_somebody;
ALTER ROLE regress_lcg_approver PASSWORD 'x';
RESET ROLE;
\set VERBOSITY default
ALTER ROLE regress_lcg_somebody SET langchef_guard.mode = 'off';
ALTER ROLE ALL SET langchef_guard.mode = 'off';
ALTER ROLE regress_lcg_somebody IN DATABASE regress_lcg_guarded SET session_replication_role = 'replica';
ALTER ROLE regress_lcg_somebody SET langchef_guard.migration = 'harmless';

-- Where the guard would not look any more.
ALTER DATABASE regress_lcg_plain SET langchef_guard.mode = 'off';
ALTER DATABASE regress_lcg_plain SET session_replication_role = 'replica';

-- The whole server.
ALTER SYSTEM SET langchef_guard.mode = 'off';
ALTER SYSTEM SET session_replication_role = 'replica';
ALTER SYSTEM SET shared_preload_libraries = '';
ALTER SYSTEM RESET ALL;

-- All is filed where it is guarded.
\c regress_lcg_guarded
SELECT status, command_tag, rules, summary, attempts FROM langchef_guard.proposals ORDER BY id;
SELECT count(*) FROM langchef_guard.proposals WHERE commands::text LIKE '%mine now%';
SELECT langchef_guard.approve(id) AS rename FROM langchef_guard.proposals WHERE summary LIKE 'renaming role "regress_lcg_app"' \gset
SELECT langchef_guard.approve(id) AS gone FROM langchef_guard.proposals WHERE summary LIKE 'dropping database%' \gset
SELECT langchef_guard.issue_token(CURRENT_USER, '{P06}', NULL, '1 hour', 1, 'a scoped one') AS scoped \gset

-- Approved there, it passes here, once.
\c regress_lcg_plain
LOAD 'langchef_guard';
SET langchef_guard.approval_token = :'rename';
ALTER ROLE regress_lcg_approver RENAME TO regress_lcg_approver2;
ALTER ROLE regress_lcg_app RENAME TO regress_lcg_app2;
SET langchef_guard.approval_token = :'scoped';
ALTER DATABASE regress_lcg_guarded CONNECTION LIMIT 100;
ALTER DATABASE regress_lcg_guarded CONNECTION LIMIT 200;
\c regress_lcg_guarded
SELECT source, command_tag, operation, object_type, identity, rules, approval_id IS NOT NULL AS approved, statement,
    session_role = SESSION_USER AS by_me
FROM langchef_guard.ledger WHERE rules && '{P01,P06,P13}' ORDER BY id;
-- Policy is that of the guarded database.
INSERT INTO langchef_guard.policy (rule, action) VALUES ('P06', 'deny'), ('P01', 'record');
\c regress_lcg_plain
LOAD 'langchef_guard';
ALTER DATABASE regress_lcg_guarded CONNECTION LIMIT 300;
ALTER ROLE regress_lcg_app2 RENAME TO regress_lcg_app;

SET langchef_guard.approval_token = :'gone';
DROP DATABASE regress_lcg_guarded;
SET langchef_guard.mode = 'off';
DROP ROLE regress_lcg_admin, regress_lcg_app, regress_lcg_approver, regress_lcg_somebody, regress_lcg_lead;
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_plain;
