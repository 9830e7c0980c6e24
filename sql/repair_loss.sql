-- What repair() and undo() say of steps after which data is another, or gone.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';

-- Types that cannot hold what is there: nothing is cut without a word.
CREATE SCHEMA regress_loss;
CREATE DOMAIN regress_loss.code AS varchar(3);
CREATE TABLE regress_loss.t (n integer, f integer, v char(3), t varchar(3), ta varchar(2)[], b bit(2), j jsonb, ts time, d regress_loss.code);
SELECT langchef_guard.register_expected('regress loss') > 0 AS registered;
DROP SCHEMA regress_loss CASCADE;
CREATE SCHEMA regress_loss;
CREATE DOMAIN regress_loss.code AS text;
CREATE TABLE regress_loss.t (n numeric(10,4), f float8, v varchar(20), t text, ta text[], b bit varying, j json, ts timestamptz, d regress_loss.code);
SELECT effect, rule, needs_approval, command, detail FROM langchef_guard.repair('regress loss') ORDER BY step;
INSERT INTO regress_loss.t (v) VALUES ('abcdef');
INSERT INTO regress_loss.t (t) VALUES ('abcdef');
INSERT INTO regress_loss.t (ta) VALUES ('{abcdef}');
INSERT INTO regress_loss.t (b) VALUES ('10101');
INSERT INTO regress_loss.t (d) VALUES ('abcdef');
SELECT command FROM langchef_guard.repair('regress loss') WHERE command ~ 'COLUMN (v|t|ta|b) TYPE' ORDER BY step \gexec
BEGIN;
SELECT command FROM langchef_guard.repair('regress loss') WHERE command ~ 'code' ORDER BY step \gexec
ROLLBACK;
DELETE FROM regress_loss.t;
SELECT command FROM langchef_guard.repair('regress loss') ORDER BY step \gexec
SELECT operation, object, attribute FROM langchef_guard.drift('regress loss');

-- Labels of an enum that was made again are no renamed ones.
CREATE TYPE regress_loss.mood AS ENUM ('a', 'b', 'c');
CREATE TABLE regress_loss.moods (m regress_loss.mood);
SELECT langchef_guard.register_expected('regress loss') > 0 AS registered;
DROP TABLE regress_loss.moods;
DROP TYPE regress_loss.mood;
CREATE TYPE regress_loss.mood AS ENUM ('a', 'b', 'd');
CREATE TABLE regress_loss.moods (m regress_loss.mood);
SELECT effect, command, detail FROM langchef_guard.repair('regress loss') ORDER BY step;
SELECT command FROM langchef_guard.repair('regress loss') ORDER BY step \gexec
ALTER TYPE regress_loss.mood RENAME VALUE 'c' TO 'd';
SELECT max(id) AS relabelled FROM langchef_guard.ledger WHERE command_tag = 'ALTER TYPE' \gset
SELECT effect, command FROM langchef_guard.repair('regress loss');
SELECT effect, command FROM langchef_guard.repair('regress loss', 'to_actual');
ALTER TYPE regress_loss.mood ADD VALUE 'e';
SELECT effect, command FROM langchef_guard.undo(:relabelled);

-- A type with functions of its own stays while a table has it.
SELECT langchef_guard.register_expected('regress loss') > 0 AS registered;
CREATE TYPE regress_loss.myint;
SELECT max(id) AS shell FROM langchef_guard.ledger WHERE command_tag = 'CREATE TYPE' \gset
CREATE FUNCTION regress_loss.myint_in(cstring) RETURNS regress_loss.myint LANGUAGE internal IMMUTABLE STRICT AS 'int4in';
CREATE FUNCTION regress_loss.myint_out(regress_loss.myint) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'int4out';
CREATE TYPE regress_loss.myint (INPUT = regress_loss.myint_in, OUTPUT = regress_loss.myint_out, LIKE = int4);
CREATE TABLE regress_loss.keep (id integer PRIMARY KEY, v regress_loss.myint);
INSERT INTO regress_loss.keep VALUES (1, '42');
SELECT count(*) > 0 AS accepted FROM langchef_guard.accept_drift(ARRAY(SELECT drift_id FROM langchef_guard.drift('regress loss') WHERE object LIKE 'regress_loss.keep%'), 'it stays', 'regress loss');
SELECT effect, rule, command, detail FROM langchef_guard.repair('regress loss') ORDER BY step;
SELECT effect, rule, command, detail FROM langchef_guard.undo(:shell) ORDER BY step;
DROP TABLE regress_loss.keep;
SELECT effect, rule, command, detail FROM langchef_guard.undo(:shell) ORDER BY step;
DROP TYPE regress_loss.myint CASCADE;

-- A command is not taken back from another object that has the name.
CREATE TABLE regress_loss.re (id integer);
SELECT max(id) AS made FROM langchef_guard.ledger WHERE command_tag = 'CREATE TABLE' \gset
SELECT command FROM langchef_guard.undo(:made);
DROP TABLE regress_loss.re;
SELECT max(id) AS dropped FROM langchef_guard.ledger WHERE command_tag = 'DROP TABLE' \gset
CREATE TABLE regress_loss.re (id integer GENERATED ALWAYS AS IDENTITY, precious text);
\set VERBOSITY default
SELECT command FROM langchef_guard.undo(:made);
\set VERBOSITY terse
SELECT command FROM langchef_guard.undo(:dropped);
ALTER TABLE regress_loss.re ADD COLUMN c integer;
SELECT max(id) AS added FROM langchef_guard.ledger WHERE command_tag = 'ALTER TABLE' \gset
SELECT command FROM langchef_guard.undo(:added);
ALTER TABLE regress_loss.re DROP COLUMN c;
SELECT max(id) AS removed FROM langchef_guard.ledger WHERE command_tag = 'ALTER TABLE' \gset
SELECT command, detail FROM langchef_guard.undo(:removed);
ALTER TABLE regress_loss.re ADD COLUMN c text;
SELECT command FROM langchef_guard.undo(:added);

-- What does not come back is told.
DROP TABLE regress_loss.re;
SELECT max(id) AS dropped FROM langchef_guard.ledger WHERE command_tag = 'DROP TABLE' \gset
SELECT command, detail FROM langchef_guard.undo(:dropped);
CREATE SEQUENCE regress_loss.s;
DROP SEQUENCE regress_loss.s;
SELECT max(id) AS dropped FROM langchef_guard.ledger WHERE command_tag = 'DROP SEQUENCE' \gset
SELECT command, detail FROM langchef_guard.undo(:dropped);

-- An extension whose member has rows.
SELECT langchef_guard.register_expected('regress loss') > 0 AS registered;
CREATE TABLE regress_loss.member (a integer);
CREATE EXTENSION IF NOT EXISTS tablefunc SCHEMA regress_loss;
ALTER EXTENSION tablefunc ADD TABLE regress_loss.member;
SELECT effect, rule, command, detail FROM langchef_guard.repair('regress loss') ORDER BY step;

SELECT langchef_guard.unregister_expected('regress loss');
DROP SCHEMA regress_loss CASCADE;
