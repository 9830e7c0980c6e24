-- Every rule, with statements that it refuses and statements that it does not.
-- In a database of its own, so that the numbers of the proposals are known.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_refuse TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_refuse
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
\set SHOW_CONTEXT never

-- D01 drop-table: rows, temporary, made by the same transaction, absent.
CREATE TABLE t (a int, b text);
INSERT INTO t VALUES (1, 'x'), (2, NULL);
DROP TABLE t;
BEGIN;
CREATE TABLE fresh AS SELECT 1 AS a;
DROP TABLE fresh;
COMMIT;
CREATE TEMP TABLE short AS SELECT 1 AS a;
DROP TABLE short;
DROP TABLE IF EXISTS absent;
DROP TABLE absent;

-- D02 drop-cascade: what goes along is named; without CASCADE the server refuses by itself.
CREATE VIEW v AS SELECT a FROM t;
ALTER TABLE t ADD CONSTRAINT t_a UNIQUE (a);
CREATE TABLE child (a int CONSTRAINT child_t REFERENCES t (a));
DROP TABLE t CASCADE;
DROP TABLE child, t CASCADE;
BEGIN;
CREATE TABLE fresh (a int);
CREATE VIEW of_fresh AS SELECT a FROM fresh;
DROP TABLE fresh CASCADE;
COMMIT;

-- D03 drop-column: values, no values, new column.
CREATE TABLE hollow (a int, b int);
INSERT INTO hollow VALUES (NULL, 1);
ALTER TABLE hollow DROP COLUMN a;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN a CASCADE;
ALTER TABLE t ADD COLUMN empty int;
ALTER TABLE t DROP COLUMN empty;
BEGIN;
ALTER TABLE t ADD COLUMN made int DEFAULT 1;
ALTER TABLE t DROP COLUMN made;
COMMIT;
ALTER TABLE t DROP COLUMN IF EXISTS absent;
ALTER TABLE IF EXISTS absent DROP COLUMN a;

-- D04 drop-column-loses-index: an index over several columns goes with one of them, values or not.
ALTER TABLE t ADD COLUMN c int;
CREATE INDEX t_b_c ON t (b, c);
CREATE INDEX t_c ON t (c);
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t DROP COLUMN b;

-- D05 drop-schema: empty, and not.
CREATE SCHEMA s;
DROP SCHEMA s;
CREATE SCHEMA s CREATE TABLE inside (a int) CREATE VIEW view_inside AS SELECT a FROM inside;
DROP SCHEMA s CASCADE;
DROP SCHEMA s;
DROP SCHEMA IF EXISTS absent CASCADE;

-- D06 drop-database.
CREATE DATABASE regress_lcg_other TEMPLATE template0;
DROP DATABASE regress_lcg_other;
DROP DATABASE IF EXISTS regress_lcg_absent;

-- D07, D08 truncate and its cascade: empty tables lose nothing.
TRUNCATE t CASCADE;
INSERT INTO child VALUES (1);
TRUNCATE t CASCADE;
TRUNCATE t RESTART IDENTITY CASCADE;
TRUNCATE child;
BEGIN;
CREATE TABLE fresh AS SELECT 1 AS a;
TRUNCATE fresh;
COMMIT;
TRUNCATE fresh;
CREATE TEMP TABLE short AS SELECT 1 AS a;
TRUNCATE short;

-- D09 delete-update-no-where.
DELETE FROM child;
DELETE FROM child WHERE true;
WITH gone AS (DELETE FROM child RETURNING a) SELECT count(*) FROM gone;
UPDATE t SET b = 'y';
UPDATE t SET c = 1;
UPDATE t SET c = 2;
UPDATE t SET b = 'x' WHERE a = 1;
DELETE FROM child WHERE a = 7;
BEGIN;
CREATE TABLE fresh2 AS SELECT 1 AS a;
DELETE FROM fresh2;
COMMIT;

-- D10 drop-view.
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
CREATE VIEW w AS SELECT a FROM v;
DROP VIEW v;
DROP VIEW v CASCADE;
DROP MATERIALIZED VIEW m;
DROP VIEW IF EXISTS absent;

-- D11 drop-type: used by a column, and by nothing.
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE typed (m mood, p positive);
DROP TYPE mood;
DROP TYPE mood CASCADE;
DROP DOMAIN positive CASCADE;
CREATE TYPE unused AS ENUM ('x');
DROP TYPE unused;

-- D12 drop-function.
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
CREATE TABLE calls (a int DEFAULT f(1));
DROP FUNCTION f(int);
DROP FUNCTION f CASCADE;
DROP PROCEDURE p;
DROP AGGREGATE total(int);
DROP FUNCTION IF EXISTS absent();

-- D13 drop-sequence.
CREATE SEQUENCE q;
CREATE TABLE counted (a int DEFAULT nextval('q'));
DROP SEQUENCE q;
DROP SEQUENCE q CASCADE;

-- D14 drop-extension.
CREATE EXTENSION citext;
CREATE TABLE texts (a citext);
INSERT INTO texts VALUES ('x');
DROP EXTENSION citext;
DROP EXTENSION citext CASCADE;
\set VERBOSITY terse
DROP EXTENSION langchef_guard;
\set VERBOSITY default

-- D15, D16 drop-constraint, drop-primary-key: a key that the same statement replaces is no loss.
CREATE TABLE k (a int NOT NULL CONSTRAINT k_pkey PRIMARY KEY, b int CONSTRAINT positive_b CHECK (b > 0));
CREATE UNIQUE INDEX k_new ON k (a);
ALTER TABLE child DROP CONSTRAINT child_t;
ALTER TABLE k DROP CONSTRAINT positive_b;
ALTER TABLE t DROP CONSTRAINT t_a CASCADE;
ALTER TABLE k DROP CONSTRAINT k_pkey;
ALTER TABLE k DROP CONSTRAINT k_pkey, ADD CONSTRAINT k_pkey PRIMARY KEY USING INDEX k_new;
ALTER TABLE k DROP CONSTRAINT IF EXISTS absent;
ALTER DOMAIN positive DROP CONSTRAINT positive_check;

-- D17 drop-index, concurrently or not.
DROP INDEX t_c;
DROP INDEX CONCURRENTLY t_b_c;
DROP INDEX IF EXISTS absent;

-- D19 drop-trigger: trigger, rule, and switching them off.
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fire();
CREATE RULE ru AS ON INSERT TO k DO ALSO NOTHING;
DROP TRIGGER tr ON t;
DROP RULE ru ON k;
ALTER TABLE t DISABLE TRIGGER tr;
ALTER TABLE t DISABLE TRIGGER ALL;
ALTER TABLE t DISABLE TRIGGER USER;
ALTER TABLE t ENABLE REPLICA TRIGGER tr;
ALTER TABLE k DISABLE RULE ru;
ALTER TABLE t ENABLE TRIGGER ALL;
ALTER TABLE t ENABLE ALWAYS TRIGGER tr;
ALTER EVENT TRIGGER langchef_guard_sql_drop DISABLE;
ALTER EVENT TRIGGER langchef_guard_sql_drop ENABLE REPLICA;
ALTER EVENT TRIGGER langchef_guard_sql_drop ENABLE;
ALTER EVENT TRIGGER langchef_guard_sql_drop ENABLE ALWAYS;

-- D20 drop-policy.
CREATE POLICY po ON t USING (a > 0);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
DROP POLICY po ON t;
ALTER TABLE t NO FORCE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;

-- D21 drop-owned.
CREATE ROLE regress_lcg_owner;
CREATE ROLE regress_lcg_heir;
CREATE TABLE owned (a int);
ALTER TABLE owned OWNER TO regress_lcg_owner;
DROP OWNED BY regress_lcg_owner;
REASSIGN OWNED BY regress_lcg_owner TO regress_lcg_heir;
DROP ROLE regress_lcg_heir;
DROP ROLE IF EXISTS regress_lcg_absent;

-- D22, R01 to R04, R16: changes of a column's type.
CREATE TABLE types (i int, v varchar(10), n numeric(10,2), ts timestamp(3), tz timestamptz, x text,
    checked varchar(10) CHECK (checked <> ''), indexed int);
INSERT INTO types (i) VALUES (1);
CREATE INDEX types_indexed ON types (indexed);
ALTER TABLE types ALTER COLUMN v TYPE varchar(5);
ALTER TABLE types ALTER COLUMN n TYPE numeric(8,2);
ALTER TABLE types ALTER COLUMN i TYPE smallint;
ALTER TABLE types ALTER COLUMN i TYPE bigint;
ALTER TABLE types ALTER COLUMN n TYPE numeric(12,4);
ALTER TABLE types ALTER COLUMN x TYPE text USING NULL;
ALTER TABLE types ALTER COLUMN i TYPE int USING i + 1;
SET TimeZone = 'Europe/Paris';
ALTER TABLE types ALTER COLUMN ts TYPE timestamptz;
SET TimeZone = 'UTC';
ALTER TABLE types ALTER COLUMN tz TYPE timestamp;
ALTER TABLE types ALTER COLUMN indexed TYPE oid;
ALTER TABLE types ALTER COLUMN checked TYPE varchar(20);
ALTER TABLE types ALTER COLUMN v TYPE varchar(20);
ALTER TABLE types ALTER COLUMN v TYPE text;
ALTER TABLE types ALTER COLUMN n TYPE numeric(12,2);
ALTER TABLE types ALTER COLUMN ts TYPE timestamp(6);
ALTER TABLE types ALTER COLUMN v TYPE varchar(10);
BEGIN;
CREATE TABLE fresh_types AS SELECT 1 AS a;
ALTER TABLE fresh_types ALTER COLUMN a TYPE bigint;
COMMIT;

-- D23 drop-expression-identity.
CREATE TABLE made (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS (1 + 1) STORED, c int);
ALTER TABLE made ALTER COLUMN a DROP IDENTITY;
ALTER TABLE made ALTER COLUMN b DROP EXPRESSION;
ALTER TABLE made ALTER COLUMN c DROP IDENTITY IF EXISTS;
ALTER TABLE made ALTER COLUMN c DROP EXPRESSION IF EXISTS;

-- D24 detach-partition.
CREATE TABLE whole (a int) PARTITION BY RANGE (a);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (10);
INSERT INTO whole VALUES (1), (2);
CREATE TABLE parent (a int);
CREATE TABLE heir () INHERITS (parent);
INSERT INTO heir VALUES (1);
ALTER TABLE whole DETACH PARTITION part;
ALTER TABLE whole DETACH PARTITION part CONCURRENTLY;
ALTER TABLE heir NO INHERIT parent;
DROP TABLE part;
BEGIN;
CREATE TABLE more PARTITION OF whole FOR VALUES FROM (10) TO (20);
ALTER TABLE whole DETACH PARTITION more;
COMMIT;

-- D25 set-unlogged.
ALTER TABLE t SET UNLOGGED;
CREATE UNLOGGED TABLE fleeting (a int);
ALTER TABLE fleeting SET UNLOGGED;
ALTER TABLE fleeting SET LOGGED;

-- D26 replace-changes-contract.
CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1';
CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE SECURITY DEFINER STRICT AS 'SELECT $1';
ALTER FUNCTION f(int) STABLE;
CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1';
CREATE OR REPLACE VIEW w WITH (security_barrier) AS SELECT a FROM v;
CREATE OR REPLACE VIEW w AS SELECT a FROM v WHERE a > 0;
CREATE OR REPLACE TRIGGER tr AFTER DELETE ON t FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE t ENABLE TRIGGER tr;
CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fire();
CREATE OR REPLACE RULE ru AS ON INSERT TO k DO INSTEAD NOTHING;
CREATE OR REPLACE FUNCTION fresh_function() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- D27 drop-object: what has no rule of its own.
CREATE STATISTICS st ON a, b FROM t;
SET client_min_messages = error;
CREATE PUBLICATION pu FOR TABLE k;
SET client_min_messages = warning;
CREATE FOREIGN DATA WRAPPER fd;
CREATE SERVER se FOREIGN DATA WRAPPER fd;
CREATE USER MAPPING FOR PUBLIC SERVER se;
CREATE COLLATION co (locale = 'C');
DROP STATISTICS st;
DROP PUBLICATION pu;
DROP SERVER se CASCADE;
DROP USER MAPPING FOR PUBLIC SERVER se;
DROP COLLATION co;
DROP TABLESPACE IF EXISTS regress_lcg_absent;

-- What refuses nothing: additive changes, privileges, comments.
ALTER TABLE k ADD COLUMN more text DEFAULT 'x' NOT NULL;
ALTER TABLE k ALTER COLUMN more DROP NOT NULL, ALTER COLUMN more DROP DEFAULT;
ALTER TABLE k RENAME TO kk;
CREATE INDEX kk_more ON kk (more);
GRANT SELECT ON kk TO PUBLIC;
REVOKE SELECT ON kk FROM PUBLIC;
COMMENT ON TABLE kk IS 'text';

-- D29 drop-large-object, P01 role-escalation, P06 guarded-setting.
SELECT lo_create(4711);
SELECT lo_unlink(4711);
ALTER ROLE regress_lcg_owner RENAME TO regress_lcg_renamed;
ALTER DATABASE regress_lcg_refuse CONNECTION LIMIT 10;

-- Each refusal is a proposal, and each rule that refuses has had one.
SELECT r.rule AS never_proposed FROM langchef_guard.rules() AS r
WHERE r.action <> 'record' AND NOT EXISTS (SELECT FROM langchef_guard.proposals AS p WHERE r.rule = ANY (p.rules)) ORDER BY r.rule;
SELECT count(*) AS proposals, count(*) FILTER (WHERE attempts <> 1) AS tried_again, max(id) AS last FROM langchef_guard.proposals;

SET langchef_guard.mode = 'off';
DROP ROLE regress_lcg_heir;
DROP OWNED BY regress_lcg_owner;
DROP ROLE regress_lcg_owner;
DROP DATABASE regress_lcg_other;
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_refuse;
