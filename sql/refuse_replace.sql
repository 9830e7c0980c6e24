-- What replaces an object by its like changes nothing; names and counts in refusals are as they are.
-- In a database of its own, so that the numbers of the proposals are known.
\set home :DBNAME
SET client_min_messages = warning;
CREATE DATABASE regress_lcg_refuse_replace TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C';
\c regress_lcg_refuse_replace
SET client_min_messages = warning;
CREATE EXTENSION langchef_guard;
LOAD 'langchef_guard';
\set SHOW_CONTEXT never

-- Triggers.
CREATE TABLE t (a int, b text);
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER conditional AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a AND NEW.b <> 'x')
    EXECUTE FUNCTION fire('x');
\set VERBOSITY terse
CREATE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION fire('x', 'y');
CREATE OR REPLACE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION public.fire('x', 'y');
CREATE OR REPLACE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS earlier NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION fire('x', 'y');
CREATE OR REPLACE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION fire('x', 'y');
CREATE OR REPLACE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION fire('x', 'z');
CREATE OR REPLACE TRIGGER moved AFTER UPDATE ON t REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION fire('x');
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF b, a ON t FOR EACH ROW
    WHEN (old.a IS DISTINCT FROM new.a AND new.b <> 'x'::text) EXECUTE FUNCTION fire('x');
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF a, b ON t FOR EACH ROW
    WHEN (OLD.a IS DISTINCT FROM NEW.a AND NEW.b <> 'y') EXECUTE FUNCTION fire('x');
\set VERBOSITY default
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF a, b ON t FOR EACH ROW
    WHEN (OLD.a IS DISTINCT FROM NEW.a AND 'x' <> NEW.b) EXECUTE FUNCTION fire('x');
\set VERBOSITY terse
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF a ON t FOR EACH ROW
    WHEN (OLD.a IS DISTINCT FROM NEW.a AND NEW.b <> 'x') EXECUTE FUNCTION fire('x');
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF a, b ON t FOR EACH ROW EXECUTE FUNCTION fire('x');
-- Replacing would make it fire less often.
ALTER TABLE t ENABLE ALWAYS TRIGGER conditional;
CREATE OR REPLACE TRIGGER conditional AFTER UPDATE OF a, b ON t FOR EACH ROW
    WHEN (OLD.a IS DISTINCT FROM NEW.a AND NEW.b <> 'x') EXECUTE FUNCTION fire('x');
\set VERBOSITY default

-- Rules.
CREATE TABLE copies (a int, b text);
CREATE VIEW v AS SELECT a, b FROM t;
CREATE RULE ru AS ON INSERT TO v WHERE NEW.a > 0 DO INSTEAD (INSERT INTO t VALUES (NEW.a, NEW.b); INSERT INTO copies SELECT NEW.a, NEW.b);
CREATE RULE nothing AS ON DELETE TO v DO INSTEAD NOTHING;
CREATE OR REPLACE RULE ru AS ON INSERT TO public.v WHERE new.a > 0
    DO INSTEAD (INSERT INTO t (a, b) VALUES (NEW.a, NEW.b); INSERT INTO copies SELECT NEW.a, NEW.b);
CREATE OR REPLACE RULE nothing AS ON DELETE TO v DO INSTEAD NOTHING;
CREATE OR REPLACE RULE ru AS ON INSERT TO v WHERE NEW.a > 1
    DO INSTEAD (INSERT INTO t VALUES (NEW.a, NEW.b); INSERT INTO copies SELECT NEW.a, NEW.b);
CREATE OR REPLACE RULE nothing AS ON DELETE TO v DO ALSO NOTHING;
CREATE OR REPLACE RULE "_RETURN" AS ON SELECT TO v DO INSTEAD SELECT a, b FROM t WHERE a > 0;

-- Aggregates.
CREATE FUNCTION same(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', FINALFUNC = same, PARALLEL = safe, COMBINEFUNC = int4pl, SORTOP = <);
CREATE OR REPLACE AGGREGATE total(int) (STYPE = int4, SFUNC = pg_catalog.int4pl, INITCOND = '0', FINALFUNC = same, PARALLEL = safe,
    COMBINEFUNC = int4pl, SORTOP = <);
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4mul, STYPE = int, INITCOND = '0', FINALFUNC = same, PARALLEL = safe,
    COMBINEFUNC = int4pl, SORTOP = <);
\set VERBOSITY terse
CREATE AGGREGATE old_style(basetype = int, sfunc1 = int4pl, stype1 = int, initcond1 = '0');
CREATE OR REPLACE AGGREGATE old_style(basetype = int, sfunc = int4pl, stype = int, initcond = '0');
CREATE OR REPLACE AGGREGATE old_style(basetype = int, sfunc1 = int4mul, stype1 = int, initcond1 = '0');
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '1', FINALFUNC = same, PARALLEL = safe,
    COMBINEFUNC = int4pl, SORTOP = <);
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', PARALLEL = safe, COMBINEFUNC = int4pl, SORTOP = <);
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', FINALFUNC = same, COMBINEFUNC = int4pl, SORTOP = <);
CREATE OR REPLACE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0', FINALFUNC = same, PARALLEL = safe,
    COMBINEFUNC = int4pl, SORTOP = >);
\set VERBOSITY default
-- What could not be compared is not said to change.
CREATE AGGREGATE listed(VARIADIC int[]) (SFUNC = array_cat, STYPE = int[]);
CREATE OR REPLACE AGGREGATE listed(VARIADIC int[]) (SFUNC = array_cat, STYPE = int[]);

-- Types: USING that says no more than the type does (as Django writes it).
CREATE TABLE types (v varchar(10), i int, j int, x text, ts timestamp);
INSERT INTO types VALUES ('x', 1, 2, 'y', 'epoch');
ALTER TABLE types ALTER COLUMN v TYPE varchar(10) USING v::varchar(10);
ALTER TABLE types ALTER COLUMN i TYPE int USING i::integer;
ALTER TABLE types ALTER COLUMN x TYPE text USING x;
ALTER TABLE types ALTER COLUMN v TYPE varchar(20) USING v::varchar(20);
ALTER TABLE types ALTER COLUMN v TYPE text USING v::text;
ALTER TABLE types ALTER COLUMN v TYPE varchar(5) USING v::varchar(5);
ALTER TABLE types ALTER COLUMN i TYPE bigint USING i::bigint;
ALTER TABLE types ALTER COLUMN i TYPE int USING j;
ALTER TABLE types ALTER COLUMN x TYPE text USING x || 'z';
ALTER TABLE types ALTER COLUMN x TYPE text USING absent;

-- Names that are quoted already are not quoted again.
CREATE SCHEMA "Odd";
CREATE TABLE "Odd"."we""ird" (a int, "b ""c""" int CONSTRAINT "odd check" CHECK (a > 0));
INSERT INTO "Odd"."we""ird" VALUES (1, 1);
CREATE TABLE "Odd".whole (a int) PARTITION BY LIST (a);
CREATE TABLE "Odd"."part of" PARTITION OF "Odd".whole FOR VALUES IN (1);
DROP TABLE "Odd"."we""ird";
ALTER TABLE "Odd"."we""ird" DROP CONSTRAINT "odd check";
ALTER TABLE "Odd"."we""ird" DROP COLUMN "b ""c""";
INSERT INTO "Odd".whole VALUES (1);
ALTER TABLE "Odd".whole DETACH PARTITION "Odd"."part of";

SET langchef_guard.mode = 'off';
\c :home
LOAD 'langchef_guard';
SET langchef_guard.mode = 'off';
DROP DATABASE regress_lcg_refuse_replace;
