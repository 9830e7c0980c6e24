-- The life of an object, from the ledger.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY default
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
SET langchef_guard.migration = 'first';
CREATE SCHEMA regress_life;
SET search_path = regress_life;
CREATE TABLE prompts (id int PRIMARY KEY, version int, note text);
CREATE INDEX by_version ON prompts (version);
CREATE FUNCTION f(int, text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(oid) RETURNS int LANGUAGE sql AS 'SELECT 2';
CREATE TYPE mood AS ENUM ('sad');
SET langchef_guard.migration = 'second';
ALTER TABLE prompts ALTER version SET NOT NULL;
ALTER TABLE prompts RENAME version TO revision;
ALTER TABLE prompts RENAME TO questions;
ALTER TABLE questions ALTER revision SET DEFAULT 1, ADD CONSTRAINT positive CHECK (revision > 0);
ALTER TABLE questions ADD version text;
RESET langchef_guard.migration;
CREATE FUNCTION public.life(object text) RETURNS TABLE (row_number bigint, operation text, kind text, name text, migration text, statement text, differences text) LANGUAGE sql AS $$
  SELECT row_number() OVER (), h.operation, h.kind, h.name, h.migration, h.statement,
         (SELECT string_agg(concat_ws(' ', d ->> 'op', d ->> 'fact', d ->> 'attribute'), ', ' ORDER BY n) FROM jsonb_array_elements(h.differences) WITH ORDINALITY AS e (d, n))
    FROM langchef_guard.history($1) h $$;

-- Under any of its names.
SELECT * FROM public.life('regress_life.questions');
SELECT count(*) FROM (SELECT * FROM langchef_guard.history('regress_life.prompts') EXCEPT SELECT * FROM langchef_guard.history('table:regress_life.questions')) AS other;
SELECT count(*) FROM langchef_guard.history('table regress_life.prompts');

-- A column, and another one of the name; a constraint.
SELECT * FROM public.life('regress_life.prompts.version');
SELECT name, statement FROM public.life('column:regress_life.questions.revision');
SELECT name, kind, statement, differences FROM public.life('constraint regress_life.questions.positive');

-- What went is known, and what came under its name is another one.
ALTER TABLE questions DROP version;
DROP TABLE questions;
CREATE TABLE prompts (other int);
SELECT operation, name, statement FROM public.life('regress_life.prompts');
SELECT operation, name, statement FROM public.life('regress_life.questions');
SELECT operation, name, statement FROM public.life('regress_life.questions.version');
SELECT statement FROM public.life('regress_life.by_version');

-- Several of one name, in the order of their kinds.
CREATE SEQUENCE other;
CREATE TYPE other AS ENUM ('a');
CREATE LANGUAGE regress_life HANDLER plpgsql_call_handler;
SELECT kind, statement FROM public.life('regress_life.other');
SELECT kind, statement FROM public.life('regress_life.OTHER') WHERE kind = 'sequence';
SELECT kind, statement FROM public.life('sequence regress_life.other');
SELECT kind, statement FROM public.life('type regress_life.other');
SELECT DISTINCT kind FROM public.life('regress_life') WHERE operation = 'create';

-- Functions by the types of their arguments.
ALTER FUNCTION f(int, text) RENAME TO "G g";
SELECT name, statement FROM public.life('function regress_life.f(integer, text)');
SELECT name, statement FROM public.life('regress_life."G g"(int4,pg_catalog.text)');
SELECT name, statement FROM public.life('regress_life.f(oid)');

-- An index and a key have new names without a definition of their own.
CREATE TABLE keyed (a int CONSTRAINT old_key PRIMARY KEY);
ALTER INDEX old_key RENAME TO new_key;
SELECT name, statement FROM public.life('regress_life.keyed.new_key');

-- The schema.
ALTER SCHEMA regress_life RENAME TO regress_afterlife;
SELECT kind, name, statement FROM public.life('schema regress_life');
SELECT kind, name, statement FROM public.life('regress_afterlife.prompts');
SELECT kind, name, statement FROM public.life('regress_life.prompts') ORDER BY row_number DESC LIMIT 1;

-- What nobody knows.
SELECT * FROM langchef_guard.history('regress_life.nothing');
SELECT * FROM langchef_guard.history('table regress_life.other');
SELECT * FROM langchef_guard.history('regress_afterlife.prompts.nothing');
SELECT * FROM langchef_guard.history('');
SELECT * FROM langchef_guard.history(E'"\n\\! true');
SELECT * FROM langchef_guard.history('regress_afterlife.f(a b c(');
SELECT count(*) FROM langchef_guard.history(NULL);

SET client_min_messages = warning;
DROP LANGUAGE regress_life;
DROP FUNCTION public.life(text);
DROP SCHEMA regress_afterlife CASCADE;
