-- Less direct roads to the same loss: what a new object holds, what has no
-- condition though it looks as if it had one, what is replaced.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE SCHEMA roads;
SET search_path = roads;

-- A parent made by the same transaction does not make its old children new.
CREATE TABLE old1 (id int PRIMARY KEY, b text);
INSERT INTO old1 SELECT g, 'x' FROM generate_series(1, 10) AS g;
BEGIN;
CREATE TABLE np (id int, b text) PARTITION BY LIST (id);
ALTER TABLE np ATTACH PARTITION old1 DEFAULT;
SAVEPOINT attached;
DROP TABLE np;
ROLLBACK TO attached;
TRUNCATE np;
ROLLBACK TO attached;
ALTER TABLE np DROP COLUMN b;
ROLLBACK TO attached;
ALTER TABLE np ALTER b TYPE text USING NULL;
ROLLBACK;
BEGIN;
CREATE TABLE parent (id int, b text);
ALTER TABLE old1 INHERIT parent;
SAVEPOINT inherits;
DELETE FROM parent;
ROLLBACK TO inherits;
UPDATE parent SET b = NULL;
ROLLBACK;
CREATE SEQUENCE old_sequence;
BEGIN;
CREATE TABLE owner (id int);
ALTER SEQUENCE old_sequence OWNED BY owner.id;
DROP TABLE owner;
ROLLBACK;
-- A column made by the same transaction does not excuse what CASCADE takes.
CREATE VIEW seen AS SELECT id FROM old1;
BEGIN;
ALTER TABLE old1 ADD x int;
CREATE OR REPLACE VIEW seen AS SELECT id, x FROM old1;
ALTER TABLE old1 DROP x CASCADE;
ROLLBACK;
-- Nor does a new primary key in the same command.
CREATE TABLE child (old_id int REFERENCES old1);
CREATE UNIQUE INDEX old1_other ON old1 (id);
ALTER TABLE old1 DROP CONSTRAINT old1_pkey CASCADE, ADD PRIMARY KEY USING INDEX old1_other;

-- Every row, however it is said.
CREATE TABLE m (a int);
INSERT INTO m SELECT g FROM generate_series(1, 10) AS g;
DELETE FROM m;
DELETE FROM m WHERE true;
DELETE FROM m WHERE EXISTS (SELECT 1);
UPDATE m SET a = NULL FROM generate_series(1, 1);
WITH gone AS (DELETE FROM m RETURNING a) SELECT count(*) FROM gone;
MERGE INTO m USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE;
EXPLAIN ANALYZE DELETE FROM m;
PREPARE empty AS DELETE FROM m;
EXECUTE empty;
DO $$ BEGIN EXECUTE 'DELETE FROM m'; EXCEPTION WHEN SQLSTATE 'LG001' THEN RAISE NOTICE 'refused: %', SQLERRM; END $$;
SELECT count(*) FROM m;
-- What loses nothing passes.
DELETE FROM m WHERE a = 1;
ALTER TABLE m ADD b int;
UPDATE m SET b = 1;
BEGIN;
ALTER TABLE m ADD c int DEFAULT 2;
UPDATE m SET c = 3;
COMMIT;
-- A partition numbers its columns its own way.
CREATE TABLE p (a int, b text) PARTITION BY LIST (a);
CREATE TABLE p1 (b text, a int);
ALTER TABLE p ATTACH PARTITION p1 DEFAULT;
INSERT INTO p VALUES (NULL, 'kept');
UPDATE p SET b = 'x';
UPDATE p SET a = 1;

-- What protects rows is not weakened by ALTER either.
CREATE VIEW barrier WITH (security_barrier) AS SELECT * FROM old1;
ALTER VIEW barrier SET (security_barrier = false);
ALTER VIEW barrier RESET (security_barrier);
CREATE OR REPLACE VIEW barrier AS SELECT * FROM old1;
CREATE POLICY own ON old1 USING (id > 0);
ALTER POLICY own ON old1 USING (true);
CREATE FUNCTION definer() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1';
CREATE OR REPLACE FUNCTION definer() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
ALTER FUNCTION definer() RESET ALL;
CREATE OR REPLACE FUNCTION definer() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 2';
CREATE MATERIALIZED VIEW filled AS SELECT * FROM old1;
REFRESH MATERIALIZED VIEW filled WITH NO DATA;
REFRESH MATERIALIZED VIEW filled;

-- Inheritance ends from the child.
CREATE TABLE base (a int);
CREATE TABLE derived () INHERITS (base);
INSERT INTO derived VALUES (1);
ALTER TABLE derived NO INHERIT base;
-- The wrong kind of object is the server's business.
DROP VIEW old1;
DROP SEQUENCE m;
-- An empty table or schema holds nothing.
CREATE TABLE nothing (a int);
TRUNCATE nothing;
ALTER TABLE nothing DROP COLUMN a;
CREATE SCHEMA roads_empty;
DROP SCHEMA roads_empty;
SELECT pg_catalog.set_config('langchef_guard.mode', 'off', false);
SET client_min_messages = error;
DROP SCHEMA roads CASCADE;
