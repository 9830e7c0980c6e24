-- What a new parent reaches in its old children, and what a parent takes from them.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
\set SHOW_CONTEXT never
CREATE SCHEMA inherited;
SET search_path = inherited, pg_catalog;
-- What became of a statement, without the number of its proposal.
CREATE FUNCTION attempt(command text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE command;
    RETURN NEXT 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN NEXT sqlstate || ' ' || sqlerrm;
    IF detail <> '' THEN RETURN NEXT detail; END IF;
END $$;
-- What a table has besides its columns.
CREATE FUNCTION parts(of regclass) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(name, ' ' ORDER BY name) FROM (
        SELECT conname::text FROM pg_constraint WHERE conrelid = of AND contype <> 'n'
        UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = of) AS part(name) $$;

-- A constraint, key or index of the parent that the same transaction made takes older ones of a partition along.
CREATE TABLE pt (id int, a int) PARTITION BY LIST (id);
CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1);
INSERT INTO pt VALUES (1, 5);
ALTER TABLE pt1 ADD CONSTRAINT pos CHECK (a > 0), ADD CONSTRAINT pt1_u UNIQUE (id, a);
CREATE INDEX pt1_a ON pt1 (a);
SET client_min_messages = warning;
BEGIN;
ALTER TABLE pt ADD CONSTRAINT pos CHECK (a > 0);
SELECT attempt('ALTER TABLE pt DROP CONSTRAINT pos');
COMMIT;
BEGIN;
CREATE UNIQUE INDEX pt_i ON pt (id, a);
SELECT attempt('DROP INDEX pt_i CASCADE');
ROLLBACK;
-- An approval to drop one old thing is none for what a new one holds.
CREATE INDEX old_index ON pt1 (id);
BEGIN;
CREATE INDEX pt_a ON pt (a);
SELECT attempt('DROP INDEX old_index, pt_a');
ROLLBACK;
BEGIN;
ALTER TABLE pt ADD CONSTRAINT pt_u UNIQUE (id, a);
SELECT attempt('ALTER TABLE pt DROP CONSTRAINT pt_u');
COMMIT;
BEGIN;
CREATE INDEX pt_a ON pt (a);
SELECT attempt('DROP INDEX pt_a');
COMMIT;
SELECT parts('pt1');
-- Where parent and partition are old, the parent's is named.
SELECT attempt('ALTER TABLE pt DROP CONSTRAINT pos');
SELECT attempt('ALTER TABLE pt DROP CONSTRAINT pt_u');
SELECT attempt('DROP INDEX pt_a');
SELECT attempt('ALTER TABLE pt DROP COLUMN a');
SELECT attempt('ALTER TABLE pt1 DROP CONSTRAINT pos');

-- A new parent that an old table was attached to.
CREATE TABLE other (id int PRIMARY KEY);
CREATE TABLE old (id int NOT NULL CONSTRAINT old_key PRIMARY KEY, a int CONSTRAINT pos CHECK (a > 0), b int CONSTRAINT old_other REFERENCES other);
CREATE INDEX old_a ON old (a);
BEGIN;
CREATE TABLE np (id int NOT NULL CONSTRAINT np_key PRIMARY KEY, a int CONSTRAINT pos CHECK (a > 0), b int CONSTRAINT np_other REFERENCES other)
    PARTITION BY LIST (id);
CREATE INDEX np_a ON np (a);
ALTER TABLE np ATTACH PARTITION old DEFAULT;
SELECT attempt('ALTER TABLE np DROP CONSTRAINT pos');
SELECT attempt('ALTER TABLE np DROP CONSTRAINT np_key');
SELECT attempt('ALTER TABLE np DROP CONSTRAINT np_other');
SELECT attempt('DROP INDEX np_a');
SELECT attempt('DROP TABLE np');
SELECT attempt('ALTER TABLE np DISABLE TRIGGER ALL');
SELECT attempt('ALTER TABLE np DETACH PARTITION old');
SELECT attempt('DROP TABLE np');
COMMIT;
SELECT parts('old');
-- Inheritance: what a child has by itself stays.
CREATE TABLE gc (a int, g int GENERATED ALWAYS AS (a * 2) STORED, CONSTRAINT own CHECK (a > 1));
INSERT INTO gc (a) VALUES (2);
BEGIN;
CREATE TABLE gp (a int, g int GENERATED ALWAYS AS (a * 2) STORED);
ALTER TABLE gc INHERIT gp;
ALTER TABLE gp ADD CONSTRAINT own CHECK (a > 1);
SELECT attempt('ALTER TABLE gp ALTER COLUMN g DROP EXPRESSION');
SELECT attempt('ALTER TABLE gp DROP CONSTRAINT own');
SELECT attempt('ALTER TABLE gp DROP COLUMN a CASCADE');
SELECT attempt('ALTER TABLE gc NO INHERIT gp');
ROLLBACK;
BEGIN;
CREATE TABLE gp (a int, g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY LIST (a);
ALTER TABLE gp ATTACH PARTITION gc DEFAULT;
SELECT attempt('ALTER TABLE gp ALTER COLUMN g DROP EXPRESSION');
ROLLBACK;
CREATE TABLE base (a int, b int, CONSTRAINT base_a CHECK (a > 0));
CREATE TABLE keeps (b int) INHERITS (base);
CREATE TABLE loses () INHERITS (base);
INSERT INTO keeps VALUES (1, 1);
CREATE INDEX loses_a_b ON loses (a, b);
SELECT attempt('ALTER TABLE base DROP CONSTRAINT base_a');
SELECT attempt('ALTER TABLE base DROP COLUMN b');
DROP VIEW IF EXISTS seen;
CREATE VIEW seen AS SELECT b FROM loses;
INSERT INTO loses VALUES (1, 1);
SELECT attempt('ALTER TABLE base DROP COLUMN b CASCADE');

-- Tables of a composite type follow it with CASCADE.
CREATE TYPE pair AS (a int, b text);
CREATE TABLE pairs OF pair;
INSERT INTO pairs VALUES (1, 'x'), (2, 'y');
SELECT attempt('ALTER TYPE pair DROP ATTRIBUTE a');
SELECT attempt('ALTER TYPE pair DROP ATTRIBUTE a CASCADE');
SELECT attempt('ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE');

-- A tree that is new as a whole holds nothing.
BEGIN;
CREATE TABLE tree (id int, a int CONSTRAINT tree_a CHECK (a > 0), g int GENERATED ALWAYS AS (a * 2) STORED) PARTITION BY LIST (id);
CREATE TABLE tree1 PARTITION OF tree DEFAULT;
ALTER TABLE tree ADD CONSTRAINT tree_u UNIQUE (id, a);
CREATE INDEX tree_i ON tree (a);
ALTER TABLE tree DROP CONSTRAINT tree_a;
ALTER TABLE tree DROP CONSTRAINT tree_u;
DROP INDEX tree_i;
ALTER TABLE tree DROP COLUMN g;
DROP TABLE tree;
COMMIT;

SELECT set_config('langchef_guard.mode', 'off', false);
SET client_min_messages = error;
DROP SCHEMA inherited CASCADE;
