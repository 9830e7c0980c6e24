-- What the server refuses is left to be done by hand, and plans that could stop with its error run.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset format unaligned
SET langchef_guard.mode = 'record';
SET check_function_bodies = off;

-- Columns whose type no command changes; the rest of the plan is made.
CREATE SCHEMA regress_limits;
CREATE TABLE regress_limits.p (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE regress_limits.p1 PARTITION OF regress_limits.p FOR VALUES IN (1);
CREATE VIEW regress_limits.of_p1 AS SELECT a FROM regress_limits.p1;
CREATE TABLE regress_limits.m (a integer);
CREATE TABLE regress_limits.n (a integer);
CREATE TABLE regress_limits.c () INHERITS (regress_limits.m, regress_limits.n);
CREATE TYPE regress_limits.k AS (a integer);
CREATE TABLE regress_limits.typed OF regress_limits.k;
CREATE TABLE regress_limits.o (a integer);
CREATE TABLE regress_limits.d (a integer) INHERITS (regress_limits.o);
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
DROP TABLE regress_limits.p, regress_limits.m, regress_limits.n, regress_limits.c, regress_limits.typed, regress_limits.o, regress_limits.d CASCADE;
DROP TYPE regress_limits.k;
CREATE TABLE regress_limits.p (a bigint, b integer) PARTITION BY LIST (a);
CREATE TABLE regress_limits.p1 PARTITION OF regress_limits.p FOR VALUES IN (1);
CREATE VIEW regress_limits.of_p1 AS SELECT a FROM regress_limits.p1;
CREATE TABLE regress_limits.m (a bigint);
CREATE TABLE regress_limits.n (a bigint);
CREATE TABLE regress_limits.c () INHERITS (regress_limits.m, regress_limits.n);
CREATE TYPE regress_limits.k AS (a bigint);
CREATE TABLE regress_limits.typed OF regress_limits.k;
CREATE TABLE regress_limits.o (a bigint);
CREATE TABLE regress_limits.d (a bigint) INHERITS (regress_limits.o);
SELECT effect, object, command, detail FROM langchef_guard.repair('regress limits', online => false) ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits', online => false) WHERE command IS NOT NULL ORDER BY step \gexec
SELECT langchef_guard.unregister_expected('regress limits');
DROP SCHEMA regress_limits CASCADE;

-- Types that others are made from, and a view whose rows a table holds; a range's index makes way.
CREATE SCHEMA regress_limits;
CREATE TYPE regress_limits.e AS ENUM ('a', 'b');
CREATE DOMAIN regress_limits.d AS regress_limits.e;
CREATE TYPE regress_limits.s AS RANGE (subtype = integer);
CREATE TABLE regress_limits.m (s regress_limits.s_multirange);
CREATE TYPE regress_limits.r AS RANGE (subtype = integer);
CREATE TABLE regress_limits.t (a integer, r regress_limits.r, EXCLUDE USING gist (r WITH &&), CHECK (NOT isempty(r)));
CREATE INDEX of_r ON regress_limits.t USING gist (r);
CREATE VIEW regress_limits.v AS SELECT t.a, t.r FROM regress_limits.t, generate_series(1, 1) one;
CREATE TABLE regress_limits.w (a integer, b integer);
CREATE VIEW regress_limits.x AS SELECT a, b FROM regress_limits.w;
CREATE TABLE regress_limits.y (x regress_limits.x);
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
DROP TYPE regress_limits.e, regress_limits.s, regress_limits.r CASCADE;
DROP TABLE regress_limits.t, regress_limits.m CASCADE;
DROP TABLE regress_limits.y;
DROP VIEW regress_limits.x;
CREATE TYPE regress_limits.e AS ENUM ('b', 'a');
CREATE DOMAIN regress_limits.d AS regress_limits.e;
CREATE TYPE regress_limits.s AS RANGE (subtype = bigint);
CREATE TABLE regress_limits.m (s regress_limits.s_multirange);
CREATE TYPE regress_limits.r AS RANGE (subtype = bigint);
CREATE TABLE regress_limits.t (a integer, r regress_limits.r, EXCLUDE USING gist (r WITH &&), CHECK (NOT isempty(r)));
CREATE INDEX of_r ON regress_limits.t USING gist (r);
CREATE VIEW regress_limits.v AS SELECT t.a, t.r FROM regress_limits.t, generate_series(1, 1) one;
CREATE VIEW regress_limits.x AS SELECT b, a FROM regress_limits.w;
CREATE TABLE regress_limits.y (x regress_limits.x);
SELECT effect, object, detail FROM langchef_guard.repair('regress limits', online => false) WHERE effect = 'manual' ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits', online => false) WHERE command IS NOT NULL ORDER BY step \gexec
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress limits') ORDER BY object, attribute;
SELECT langchef_guard.unregister_expected('regress limits');
DROP SCHEMA regress_limits CASCADE;

-- Partitions change places, and one takes another's; states of triggers go with their triggers, and come with them.
CREATE SCHEMA regress_limits;
CREATE FUNCTION regress_limits.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE regress_limits.p (a integer) PARTITION BY RANGE (a);
CREATE TABLE regress_limits.p1 PARTITION OF regress_limits.p FOR VALUES FROM (1) TO (10);
CREATE TABLE regress_limits.p2 PARTITION OF regress_limits.p FOR VALUES FROM (10) TO (20);
CREATE TABLE regress_limits.p3 PARTITION OF regress_limits.p FOR VALUES FROM (30) TO (40);
CREATE TRIGGER g BEFORE INSERT ON regress_limits.p FOR EACH ROW EXECUTE FUNCTION regress_limits.f();
CREATE TRIGGER h BEFORE INSERT ON regress_limits.p FOR EACH ROW EXECUTE FUNCTION regress_limits.f();
ALTER TABLE regress_limits.p1 DISABLE TRIGGER g;
ALTER TABLE regress_limits.p2 DISABLE TRIGGER h;
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
DROP TRIGGER g ON regress_limits.p;
CREATE TRIGGER g BEFORE DELETE ON regress_limits.p FOR EACH ROW EXECUTE FUNCTION regress_limits.f();
DROP TRIGGER h ON regress_limits.p;
ALTER TABLE regress_limits.p DETACH PARTITION regress_limits.p1;
ALTER TABLE regress_limits.p DETACH PARTITION regress_limits.p2;
ALTER TABLE regress_limits.p ATTACH PARTITION regress_limits.p1 FOR VALUES FROM (10) TO (20);
ALTER TABLE regress_limits.p ATTACH PARTITION regress_limits.p2 FOR VALUES FROM (1) TO (10);
DROP TABLE regress_limits.p3;
CREATE TABLE regress_limits.o PARTITION OF regress_limits.p FOR VALUES FROM (35) TO (45);
SELECT command FROM langchef_guard.repair('regress limits', 'to_actual', online => false) ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits', online => false) ORDER BY step \gexec
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress limits');
SELECT langchef_guard.unregister_expected('regress limits');
DROP SCHEMA regress_limits CASCADE;

-- A plain table becomes partitioned, and back.
CREATE SCHEMA regress_limits;
CREATE TABLE regress_limits.t (a integer PRIMARY KEY, b integer);
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
DROP TABLE regress_limits.t;
CREATE TABLE regress_limits.t (a integer PRIMARY KEY, b integer) PARTITION BY LIST (a);
CREATE INDEX of_b ON regress_limits.t (b);
SELECT command FROM langchef_guard.repair('regress limits', 'to_actual') ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits') ORDER BY step \gexec
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress limits');
SELECT langchef_guard.unregister_expected('regress limits');

-- Last values outside of limits.
CREATE SEQUENCE regress_limits.s;
CREATE SEQUENCE regress_limits.fresh MINVALUE 10 START 10;
CREATE TABLE regress_limits.i (i integer GENERATED ALWAYS AS IDENTITY (MAXVALUE 100));
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
ALTER SEQUENCE regress_limits.s MAXVALUE 2000 RESTART 1000;
ALTER SEQUENCE regress_limits.s AS integer MAXVALUE 2147483647 RESTART 1000;
ALTER SEQUENCE regress_limits.fresh MINVALUE 1 START 1 RESTART 1;
ALTER TABLE regress_limits.i ALTER i SET MAXVALUE 500 RESTART 300;
SELECT effect, command, detail FROM langchef_guard.repair('regress limits', 'to_actual') ORDER BY step;
SELECT effect, command, detail FROM langchef_guard.repair('regress limits') ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits') ORDER BY step \gexec
SELECT operation, kind, object, attribute FROM langchef_guard.drift('regress limits');
SELECT langchef_guard.unregister_expected('regress limits');
DROP SCHEMA regress_limits CASCADE;

-- A schema whose name is a word of SQL goes with a table whose trigger calls a function of it.
SELECT langchef_guard.register_expected('regress limits') > 0 AS registered;
CREATE SCHEMA "order";
CREATE FUNCTION "order".a() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE "order".t (i serial);
CREATE FUNCTION "order".b("order".t) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER g BEFORE INSERT ON "order".t FOR EACH ROW EXECUTE FUNCTION "order".a();
SELECT command FROM langchef_guard.repair('regress limits', online => false) ORDER BY step;
SELECT command FROM langchef_guard.repair('regress limits', online => false) ORDER BY step \gexec
SELECT langchef_guard.unregister_expected('regress limits');
