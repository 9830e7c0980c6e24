-- Roles: what they lose, tokens of renamed ones, and tokens in the transaction that asks for them.
-- In a database of its own, so that the numbers of the proposals are known.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_approval_roles TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_approval_roles
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
-- Renaming a role that owns something is judged, too; here it is the means.
INSERT INTO langchef_guard.policy (rule, action) VALUES ('P01', 'record');
\set SHOW_CONTEXT never

-- A role of the same transaction, and one that has nothing here.
CREATE ROLE regress_lcg_roles_idle;
CREATE ROLE regress_lcg_roles_heir;
BEGIN;
CREATE ROLE regress_lcg_roles_new;
ALTER ROLE regress_lcg_roles_new CREATEDB;
DROP ROLE regress_lcg_roles_new;
COMMIT;
BEGIN;
ALTER ROLE regress_lcg_roles_idle CREATEDB;
DROP ROLE regress_lcg_roles_idle;
ROLLBACK;
REASSIGN OWNED BY regress_lcg_roles_idle TO regress_lcg_roles_heir;
DROP OWNED BY regress_lcg_roles_idle;
-- Privileges are something, default ones as well.
CREATE TABLE t (a int);
INSERT INTO t VALUES (1);
GRANT SELECT ON t TO regress_lcg_roles_idle;
DROP OWNED BY regress_lcg_roles_idle;
REASSIGN OWNED BY regress_lcg_roles_idle TO regress_lcg_roles_heir;
REVOKE SELECT ON t FROM regress_lcg_roles_idle;
DROP OWNED BY regress_lcg_roles_idle;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO regress_lcg_roles_idle;
DROP OWNED BY regress_lcg_roles_idle;
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM regress_lcg_roles_idle;
CREATE TABLE owned (a int);
ALTER TABLE owned OWNER TO regress_lcg_roles_idle;
GRANT SELECT ON t TO regress_lcg_roles_idle;
DROP OWNED BY regress_lcg_roles_idle;
REASSIGN OWNED BY regress_lcg_roles_idle TO regress_lcg_roles_heir;
-- A table of the same transaction is nobody's loss.
BEGIN;
CREATE ROLE regress_lcg_roles_new;
CREATE TABLE fresh (a int);
ALTER TABLE fresh OWNER TO regress_lcg_roles_new;
GRANT SELECT ON t TO regress_lcg_roles_new;
REASSIGN OWNED BY regress_lcg_roles_new TO regress_lcg_roles_heir;
ALTER TABLE fresh OWNER TO regress_lcg_roles_new;
DROP OWNED BY regress_lcg_roles_new;
COMMIT;
SELECT to_regclass('fresh');
DROP ROLE regress_lcg_roles_new;

-- A pending proposal follows its role to another name.
CREATE ROLE regress_lcg_roles_old;
ALTER TABLE t OWNER TO regress_lcg_roles_old;
SET SESSION AUTHORIZATION regress_lcg_roles_old;
DROP TABLE t;
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_lcg_roles_old RENAME TO regress_lcg_roles_renamed;
SET SESSION AUTHORIZATION regress_lcg_roles_renamed;
DROP TABLE t;
SELECT id, status, summary, attempts FROM langchef_guard.my_proposals;
RESET SESSION AUTHORIZATION;
SELECT max(id) AS last FROM langchef_guard.proposals \gset
SELECT langchef_guard.approve(:last) AS token \gset
SELECT requester, status FROM langchef_guard.proposals WHERE id = :last;
-- Renamed again: that token is for another name, and the way out is a new proposal.
ALTER ROLE regress_lcg_roles_renamed RENAME TO regress_lcg_roles_again;
SET SESSION AUTHORIZATION regress_lcg_roles_again;
SET langchef_guard.approval_token = :'token';
DROP TABLE t;
RESET SESSION AUTHORIZATION;
SELECT id, requester, status FROM langchef_guard.proposals WHERE id >= :last ORDER BY id;
-- Either can be approved for the name of today.
SELECT langchef_guard.approve(:last) AS token \gset
SET SESSION AUTHORIZATION regress_lcg_roles_again;
SET langchef_guard.approval_token = :'token';
BEGIN;
DROP TABLE t;
ROLLBACK;
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_lcg_roles_again RENAME TO regress_lcg_roles_old;
SELECT langchef_guard.approve(max(id)) AS token FROM langchef_guard.proposals \gset
SET SESSION AUTHORIZATION regress_lcg_roles_old;
SET langchef_guard.approval_token = :'token';
DROP TABLE t;
RESET SESSION AUTHORIZATION;
RESET langchef_guard.approval_token;
SELECT a.role, a.state FROM langchef_guard.approvals AS a ORDER BY a.id;

-- A token of the same transaction, and one that is not set.
CREATE TABLE f (a int);
INSERT INTO f VALUES (1);
DROP TABLE f;
SELECT max(id) AS last FROM langchef_guard.proposals \gset
BEGIN;
SELECT langchef_guard.approve(:last) AS token \gset
SET LOCAL langchef_guard.approval_token = :'token';
DROP TABLE f;
ROLLBACK;
SELECT clock_timestamp() AS start \gset
BEGIN;
SELECT langchef_guard.approve(:last) AS token \gset
DROP TABLE f;
ROLLBACK;
SELECT clock_timestamp() - :'start'::timestamptz < '3 s' AS at_once;
BEGIN;
SAVEPOINT s;
SELECT langchef_guard.approve(:last) AS token \gset
ROLLBACK TO s;
DROP TABLE f;
ROLLBACK;

-- Nothing is decided in a read-only transaction.
BEGIN READ ONLY;
SELECT langchef_guard.approve(:last);
ROLLBACK;
BEGIN READ ONLY;
SELECT langchef_guard.reject(:last, 'no');
ROLLBACK;
BEGIN READ ONLY;
SELECT langchef_guard.revoke(:last);
ROLLBACK;
BEGIN READ ONLY;
SELECT langchef_guard.revoke_token(1);
ROLLBACK;
BEGIN READ ONLY;
SELECT langchef_guard.issue_token(current_user, NULL, NULL);
ROLLBACK;

-- A scoped token for a partition's schema is none for its parent's.
CREATE SCHEMA scr;
CREATE TABLE whole (a int) PARTITION BY LIST (a);
CREATE TABLE scr.part PARTITION OF whole FOR VALUES IN (1);
INSERT INTO whole VALUES (1);
SELECT langchef_guard.issue_token(current_user, NULL, ARRAY['scr.*'], max_uses => 10) AS token \gset
SET langchef_guard.approval_token = :'token';
ALTER TABLE whole DETACH PARTITION scr.part;
DROP TABLE scr.part;
DROP SCHEMA scr CASCADE;
SELECT langchef_guard.issue_token(current_user, NULL, ARRAY['scr.*', 'public.whole'], max_uses => 10) AS token \gset
SET langchef_guard.approval_token = :'token';
BEGIN;
DROP TABLE scr.part;
ROLLBACK;
ALTER TABLE whole DETACH PARTITION scr.part;

SET langchef_guard.mode = 'off';
DROP OWNED BY regress_lcg_roles_idle, regress_lcg_roles_heir, regress_lcg_roles_old;
DROP ROLE regress_lcg_roles_idle, regress_lcg_roles_heir, regress_lcg_roles_old;
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_approval_roles;
