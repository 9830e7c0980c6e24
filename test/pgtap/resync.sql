-- What changed behind the guard's back is put on record, and nobody is blamed for it.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET langchef_guard.mode = record;

SELECT plan(16);

CREATE TABLE kept (i integer, j integer);
CREATE TABLE dropped (i integer);
CREATE VIEW seen AS SELECT i FROM kept;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('good');
SELECT is(langchef_guard.resync(), 0::bigint, 'nothing went unseen');
SELECT max(id) AS before FROM langchef_guard.ledger \gset

SET langchef_guard.mode = off;
ALTER TABLE kept ADD k integer;
DROP TABLE dropped;
CREATE TABLE made (i integer);
CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';
ALTER TYPE mood RENAME TO temper;
SET allow_system_table_mods = on;
UPDATE pg_class SET relforcerowsecurity = true WHERE oid = 'kept'::regclass;
RESET allow_system_table_mods;
EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) CREATE TABLE explained AS SELECT 1 AS x \g /dev/null
SET langchef_guard.mode = record;

SELECT is(langchef_guard.resync(), 6::bigint, 'every object that changed is recorded');
SELECT results_eq(format('SELECT operation, object_type, identity FROM langchef_guard.ledger WHERE id > %s AND source = ''unobserved'' ORDER BY identity', :before),
    $$ VALUES ('drop', 'table', 'public.dropped'), ('create', 'table', 'public.explained'), ('alter', 'function', 'public.f()'),
              ('alter', 'table', 'public.kept'), ('create', 'table', 'public.made'), ('alter', 'type', 'public.temper') $$,
    'each with what became of it');
SELECT is(count(*), 0::bigint, 'no statement is named') FROM langchef_guard.ledger WHERE id > :before AND source = 'unobserved' AND statement IS NOT NULL;
SELECT is(jsonb_path_query_array(difference, '$[*].attribute'), '["force_row_security"]', 'a catalog edit and') FROM langchef_guard.ledger
 WHERE id > :before AND identity = 'public.kept' AND source = 'unobserved';
SELECT is(jsonb_path_query_array(difference, '$[*].fact'), '["column:public.kept.k", "table:public.kept"]', 'a column are differences of one row') FROM langchef_guard.ledger
 WHERE id > :before AND identity = 'public.kept' AND source = 'unobserved';
SELECT ok(definition_before IS NOT NULL AND definition_after IS NULL, 'what is gone has its last definition') FROM langchef_guard.ledger
 WHERE id > :before AND identity = 'public.dropped' AND source = 'unobserved';
SELECT ok(definition_before IS NULL AND definition_after IS NOT NULL, 'what is new has its first') FROM langchef_guard.ledger
 WHERE id > :before AND identity = 'public.made' AND source = 'unobserved';
SELECT is(langchef_guard.resync(), 0::bigint, 'then nothing is unseen any more');

-- Drift blames nobody for it.
SELECT langchef_guard.register_expected('resync') \g /dev/null
SET langchef_guard.mode = off;
ALTER TABLE kept ALTER i SET DEFAULT 5;
SET langchef_guard.mode = record;
SELECT langchef_guard.resync() \g /dev/null
SELECT is(blame || coalesce(caused_by, ''), 'unobserved', 'drift says unobserved before the next change') FROM langchef_guard.drift('resync');
COMMENT ON TABLE kept IS 'innocent';
SELECT is(string_agg(attribute || ' ' || blame, ', ' ORDER BY attribute), 'comment ledger, default unobserved', 'and after it') FROM langchef_guard.drift('resync');
ALTER TABLE kept ALTER i SET DEFAULT 6;
SELECT is(blame, 'ledger', 'until somebody changes it in sight') FROM langchef_guard.drift('resync') WHERE attribute = 'default';

-- A token that somebody wrote into a function is known to nobody, whoever reads the function first.
SET langchef_guard.mode = off;
CREATE FUNCTION careless() RETURNS text LANGUAGE sql AS 'SELECT ''lcg_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef''';
SET langchef_guard.mode = record;
SELECT langchef_guard.baseline() \g /dev/null
SELECT is(count(*), 0::bigint, 'the baseline keeps no token') FROM langchef_guard.known_object WHERE definition::text LIKE '%lcg_0123456789%';
SELECT is(langchef_guard.resync(), 0::bigint, 'and takes none for a change');

SELECT ok(NOT has_function_privilege('public', 'langchef_guard.resync()', 'EXECUTE'), 'not everybody may do it');
SELECT ok(obj_description('langchef_guard.resync()'::regprocedure, 'pg_proc') IS NOT NULL, 'it says what it does');

SELECT * FROM finish();
