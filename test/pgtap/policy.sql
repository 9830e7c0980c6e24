-- Policies: what would never match is refused, and names are kept as the
-- server prints them, since the guard compares text.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = error;
CREATE ROLE lcg_policy_one;
CREATE ROLE "lcg policy ""ü""";
CREATE SCHEMA work;
CREATE SCHEMA other;
CREATE SCHEMA "Odd Schema";
CREATE SCHEMA "Case";
CREATE TABLE work.b (i integer);
CREATE TABLE "Odd Schema"."Odd ""table""" (i integer PRIMARY KEY);
CREATE FUNCTION work.f(integer, text DEFAULT '') RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR work.<+> (leftarg = integer, rightarg = integer, function = int4pl);
CREATE TYPE work.pair AS (a integer);
CREATE COLLATION work.coll FROM "C";
CREATE OPERATOR CLASS work.class FOR TYPE integer USING hash AS FUNCTION 1 hashint4(integer);

-- What is kept of a row, or the error.
CREATE FUNCTION public.policy(VARIADIC columns text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    hint text;
    kept text;
BEGIN
    INSERT INTO langchef_guard.policy AS p (rule, class, schema_name, object, role, action)
    VALUES (columns[1], columns[2], columns[3], columns[4], columns[5], 'deny')
    RETURNING concat_ws('|', p.rule, p.class, p.schema_name, p.object, p.role) INTO kept;
    DELETE FROM langchef_guard.policy;
    RETURN kept;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
    RETURN SQLSTATE || ': ' || SQLERRM || ' / ' || hint;
END $$;
CREATE FUNCTION public.object_kept(name text) RETURNS text LANGUAGE sql AS 'SELECT public.policy(NULL, NULL, NULL, name)';

CREATE FUNCTION public.try(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE command;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SELECT plan(58);

-- Rules and classes
SELECT is(policy('D99'), '22023: rule "D99" does not exist / See langchef_guard.rules().', 'an unknown rule');
SELECT is(policy(''), '22023: rule "" does not exist / See langchef_guard.rules().', 'an empty rule');
SELECT is(policy(NULL, 'harmful'), '22023: class "harmful" does not exist / See langchef_guard.rules().', 'an unknown class');
SELECT is(policy('D01', 'rewrite'), '22023: rule "D01" is not of class "rewrite" / See langchef_guard.rules().', 'a rule of another class');
SELECT is(policy('D01', 'destructive'), 'D01|destructive', 'a rule of its class');
SELECT is(policy('drop-column'), 'drop-column', 'a rule by its name');

-- Objects
SELECT is(object_kept(name), format('22023: object "%s" is not a schema-qualified name / Give the name of the object as the server prints it: '
          'schema.table, schema.type or schema.function(argument types).  What is part of a table goes by the table''s name; '
          'for all of a schema use schema_name.', name), 'object ' || name)
  FROM (VALUES ('b'), ('nope'), ('work.b.i'), ('a b'), ('"work.b'), ('f('), ('f(integer)'), ('work.f)'), ('work.f(integer'),
               ('work.'), ('*')) AS names (name);
SELECT is(object_kept(''), '22023: object must not be empty / Give null for any.', 'an empty object');
SELECT is(object_kept(name), kept, 'object ' || name || ' is kept as ' || kept)
  FROM (VALUES ('work.b', 'work.b'), ('WORK."b"', 'work.b'), ('"Odd Schema"."Odd ""table"""', '"Odd Schema"."Odd ""table"""'),
               ('work.f(int4,  text)', 'work.f(integer,pg_catalog.text)'), ('work.f(pg_catalog.int4, text)', 'work.f(integer,pg_catalog.text)'),
               ('work.<+>(int, int)', 'work.<+>(integer,integer)'), ('WORK.pair', 'work.pair'), ('work.COLL', 'work.coll'),
               ('work.class USING hash', 'work.class USING hash'), ('work.later', 'work.later'), ('Work."Later"', 'work."Later"'),
               ('work.later(integer)', 'work.later(integer)'), ('nowhere.later', 'nowhere.later'),
               ('work', 'work'), ('"Case"', '"Case"'), ('plpgsql', 'plpgsql')) AS names (name, kept);
SELECT is(object_kept('"Odd Schema"."Odd ""table""_pkey"'),
          '22023: a policy cannot be about ""Odd Schema"."Odd ""table""_pkey"" alone / Give the name of that object.',
          'the index behind a constraint goes by its table');
SELECT is(policy(NULL, NULL, 'work', 'other.t'), '22023: object "other.t" is not in schema "work" / Leave schema_name null.', 'an object of another schema');
SELECT is(policy(NULL, NULL, 'WORK', 'work.b'), 'work|work.b', 'an object of its schema');
SET quote_all_identifiers = on;
SELECT is(policy(NULL, NULL, 'work', 'work.b'), 'work|work.b', 'whatever the session quotes');
RESET quote_all_identifiers;

-- Schemas and roles
SELECT is(policy(NULL, NULL, name), kept, 'schema ' || name || ' is kept as ' || kept)
  FROM (VALUES ('work', 'work'), ('WORK', 'work'), ('Odd Schema', '"Odd Schema"'), ('"Odd Schema"', '"Odd Schema"'), ('Case', '"Case"'),
               ('later', 'later')) AS names (name, kept);
SELECT is(policy(NULL, NULL, ''), '22023: schema_name must not be empty / Give null for any.', 'an empty schema');
SELECT is(policy(NULL, NULL, NULL, NULL, name), kept, 'role ' || name || ' is kept as ' || kept)
  FROM (VALUES ('lcg_policy_one', 'lcg_policy_one'), ('"lcg_policy_one"', 'lcg_policy_one'), ('lcg policy "ü"', 'lcg policy "ü"'),
               ('"lcg policy ""ü"""', 'lcg policy "ü"'), ('later', 'later')) AS names (name, kept);
SELECT is(policy(NULL, NULL, NULL, NULL, ''), '22023: role must not be empty / Give null for any.', 'an empty role');

-- Updates, replicas, restores
INSERT INTO langchef_guard.policy (rule, action) VALUES ('D01', 'deny');
SELECT throws_ok('UPDATE langchef_guard.policy SET rule = ''D99''', '22023', 'rule "D99" does not exist', 'an update is checked, too');
SET session_replication_role = replica;
SELECT throws_ok('UPDATE langchef_guard.policy SET rule = ''D99''', '22023', 'rule "D99" does not exist', 'always');
RESET session_replication_role;
SET row_security = off;
SELECT lives_ok('UPDATE langchef_guard.policy SET rule = ''D99'', class = ''x'', schema_name = '''', object = ''nowhere'', role = ''''', 'a restore gets warnings only');
RESET row_security;
DELETE FROM langchef_guard.policy;

-- What is kept matches.
INSERT INTO langchef_guard.policy (object, action) VALUES ('Work.B', 'deny'), ('"work".F(int, text)', 'deny');
SELECT throws_ok('DROP TABLE work.b', 'LG006', 'dropping table "work.b" is denied by policy');
SELECT throws_ok('DROP FUNCTION work.f', 'LG006', 'dropping function "work.f(integer,pg_catalog.text)" is denied by policy');
INSERT INTO langchef_guard.policy (schema_name, action) VALUES ('Odd Schema', 'deny');
SELECT throws_ok('DROP TABLE "Odd Schema"."Odd ""table"""', 'LG006', NULL, 'of a schema with an odd name');
INSERT INTO langchef_guard.policy (role, action) VALUES ('"lcg policy ""ü"""', 'deny');
CREATE TABLE public.c (i integer);
ALTER TABLE public.c OWNER TO "lcg policy ""ü""";
SET SESSION AUTHORIZATION "lcg policy ""ü""";
SELECT try('DROP TABLE public.c') AS refused \gset
RESET SESSION AUTHORIZATION;
SELECT is(:'refused'::text, 'LG006', 'of a role with an odd name');

SELECT * FROM finish();
