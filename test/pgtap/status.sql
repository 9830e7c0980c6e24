-- status() tells what protects the database, of the ledger too.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET langchef_guard.mode = record;

CREATE FUNCTION public.observed() RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(state || ': ' || detail || coalesce('; ' || how_to_turn_on, ''), '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [-+]\d\d(:\d\d)?', 'TIME', 'g')
      FROM langchef_guard.status() WHERE protection = 'everything that changed was observed' $$;
CREATE FUNCTION public.sealed() RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(state || ': ' || detail || coalesce('; ' || how_to_turn_on, ''), '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [-+]\d\d(:\d\d)?', 'TIME', 'g')
      FROM langchef_guard.status() WHERE protection = 'the ledger is sealed' $$;

SELECT plan(17);

-- Changes that nobody observed.
CREATE TABLE a (i integer);
CREATE TABLE b (i integer);
SELECT is(observed(), 'on: nothing unobserved was found since TIME', 'all that changed was observed');
SET langchef_guard.mode = off;
ALTER TABLE a ADD j integer;
SET langchef_guard.mode = record;
SELECT is(observed(), 'on: nothing unobserved was found since TIME', 'what was not is not known yet');
SELECT is(langchef_guard.resync(), 1::bigint, 'it is found');
SELECT is(observed(), 'off: 1 object was changed unobserved, found since TIME, the last TIME; SELECT langchef_guard.resync(); finds the rest.  '
    'Read langchef_guard.changes where source is unobserved, then accept the schema as it is: SELECT langchef_guard.register_expected(''release'');', 'and then told');
SELECT is(to_char(l.recorded_at, 'YYYY-MM-DD HH24:MI:SS OF'), substring(s.detail from 'the last (.*)$'), 'with the time it was found') FROM langchef_guard.status() s, langchef_guard.ledger l
 WHERE s.protection = 'everything that changed was observed' AND l.source = 'unobserved';
SET langchef_guard.mode = off;
ALTER TABLE b ADD j integer;
SET langchef_guard.mode = record;
ALTER TABLE b ADD k integer;
SELECT ok(observed() LIKE 'off: 2 objects were changed unobserved%', 'by the next command on the object, too');
SELECT count(*) AS facts FROM langchef_guard.snapshot() \gset
SELECT langchef_guard.register_expected('other', (SELECT string_agg(line, E'\n') FROM langchef_guard.snapshot() AS line)) \g /dev/null
SELECT ok(observed() LIKE 'off: 2 objects were changed unobserved%', 'a schema of another database does not make them known');
SELECT langchef_guard.register_expected('here') \g /dev/null
SELECT is(observed(), 'on: nothing unobserved was found since TIME', 'the schema as it is here does');
SET langchef_guard.mode = off;
DROP TABLE b;
SET langchef_guard.mode = record;
SELECT is(langchef_guard.resync(), 1::bigint, 'what comes after that');
SELECT ok(observed() LIKE 'off: 1 object was changed unobserved%', 'is told again');
UPDATE langchef_guard.ledger SET recorded_at = recorded_at - interval '31 days';
UPDATE langchef_guard.expected_schema SET registered_at = registered_at - interval '32 days';
SELECT is(observed(), 'on: nothing unobserved was found since TIME', 'for a month');
SELECT ok(pg_get_indexdef('langchef_guard.ledger_unobserved_idx'::regclass) LIKE '%WHERE (source = ''unobserved''::text)', 'an index has the few rows it looks at');

-- Seals.
DELETE FROM langchef_guard.seal;
UPDATE langchef_guard.ledger SET recorded_at = now();
SELECT ok(sealed() LIKE 'off: there is no seal; %', 'there may be no seal');
CREATE TABLE c (i integer);
SELECT isnt(langchef_guard.seal(), NULL, 'with one');
SELECT is(sealed(), 'on: seal 1 of TIME is the last', 'it is told');
UPDATE langchef_guard.seal SET sealed_at = sealed_at - interval '2 days';
SELECT ok(sealed() LIKE 'off: seal 1 of TIME is the last; %', 'it may be old');
SELECT has_function('langchef_guard', 'status', 'status() is there');

SELECT * FROM finish();
