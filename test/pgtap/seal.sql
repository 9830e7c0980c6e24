-- Seals: what alters the ledger is found and named, and what is pruned stays provable.
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET langchef_guard.mode = record;

-- Tells the first line of what verify_ledger() finds.
CREATE FUNCTION public.verdict() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found record;
    detail text;
BEGIN
    SELECT * INTO found FROM langchef_guard.verify_ledger();
    RETURN format('%s seals, %s pruned, %s rows', found.seals, found.pruned_seals, found.sealed_rows);
EXCEPTION WHEN SQLSTATE 'LG005' THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN SQLERRM || ' / ' || regexp_replace(detail, '^.*?  ', '');
END $$;
-- The same after a change that is undone.
CREATE FUNCTION public.verdict_after(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    BEGIN
        EXECUTE change;
        found := verdict();
        RAISE EXCEPTION 'undo';
    EXCEPTION WHEN raise_exception THEN NULL;
    END;
    RETURN found;
END $$;

SELECT plan(42);

SELECT ok(langchef_guard.seal() IS NOT NULL, 'what was recorded so far is sealed');
SELECT is(langchef_guard.seal(), NULL, 'and there is nothing more to seal');
SELECT unsealed_rows AS unsealed FROM langchef_guard.verify_ledger() \gset
SELECT is(:unsealed, 0, 'no row is left out');

CREATE TABLE a (i integer);
ALTER TABLE a ADD j integer;
SELECT is(langchef_guard.seal(), 2::bigint, 'the next seal has the next number');
CREATE TABLE b (i integer);
CREATE TABLE c (i integer);
COMMENT ON TABLE b IS 'text';
SELECT is(langchef_guard.seal(), 3::bigint, 'and the next');
CREATE TABLE d (i integer);
SELECT is(rows, 3::bigint, 'a seal counts its rows') FROM langchef_guard.seal WHERE id = 3;
SELECT is(unsealed_rows, 1::bigint, 'rows without a seal are counted') FROM langchef_guard.verify_ledger();
SELECT rows AS first_rows FROM langchef_guard.seal WHERE id = 1 \gset
SELECT is(verdict(), format('3 seals, 0 pruned, %s rows', :first_rows + 5), 'nothing was altered');

-- A row changed, deleted, inserted, reordered.
SELECT min(l.id) AS row2, max(l.id) AS row2b FROM langchef_guard.ledger l, langchef_guard.seal s WHERE s.id = 2 AND l.id BETWEEN s.first_ledger_id AND s.last_ledger_id \gset
SELECT is(verdict_after(format('UPDATE langchef_guard.ledger SET %s WHERE id = %s', change, :row2)),
          'ledger was altered within seal 2 / Their number is the same, their content is not.', 'a changed row is found: ' || change)
  FROM (VALUES ('session_role = ''nobody'''), ('statement = NULL'), ('recorded_at = recorded_at + interval ''1 microsecond'''),
               ('definition_after = ''{}'''), ('difference = NULL'), ('rules = ARRAY[''D01'']'), ('approval_id = 5'), ('identity = ''public.z'''),
               ('in_extension = true'), ('client_addr = ''10.0.0.1'''), ('revision_before = ''x'''), ('subxid = ''7''')) AS changes (change);
SELECT is(verdict_after(format('DELETE FROM langchef_guard.ledger WHERE id = %s', :row2)),
          'ledger was altered within seal 2 / There are 1 now.', 'a deleted row is found');
SELECT is(verdict_after(format('INSERT INTO langchef_guard.ledger OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(l, ''{"id": 5}'')).* FROM langchef_guard.ledger l WHERE id = %s', :row2)),
          'ledger was altered within seal 2 / There are 3 now.', 'a row inserted into it is found');
SELECT is(verdict_after(format('CREATE TEMP TABLE two ON COMMIT DROP AS SELECT * FROM langchef_guard.ledger WHERE id IN (%1$s, %2$s); '
          'UPDATE two SET id = CASE id WHEN %1$s THEN %2$s ELSE %1$s END; DELETE FROM langchef_guard.ledger WHERE id IN (%1$s, %2$s); '
          'INSERT INTO langchef_guard.ledger OVERRIDING SYSTEM VALUE TABLE two', :row2, :row2b)),
          'ledger was altered within seal 2 / Their number is the same, their content is not.', 'exchanged rows are found');
SELECT is(verdict_after(format('UPDATE langchef_guard.ledger SET xid = (SELECT xid FROM langchef_guard.ledger WHERE id = %s) WHERE id = %s',
          (SELECT last_ledger_id FROM langchef_guard.seal WHERE id = 3), :row2)),
          'ledger was altered within seal 2 / There are 1 now.', 'a row moved to another batch is found');
SELECT ok(verdict_after('SET LOCAL langchef_guard.mode = off; TRUNCATE langchef_guard.ledger') LIKE 'ledger was altered within seal 1 / There are 0 now.', 'an emptied ledger is found');

-- A seal rewritten, removed, added.
SELECT is(verdict_after(change), 'ledger was altered within seal ' || seal || ' / The seal itself or one before it was changed, removed or added.', change)
  FROM (VALUES ('UPDATE langchef_guard.seal SET digest = sha256('''') WHERE id = 2', 2),
               ('UPDATE langchef_guard.seal SET chain = sha256('''') WHERE id = 2', 2),
               ('UPDATE langchef_guard.seal SET sealed_at = now() WHERE id = 1', 1),
               ('UPDATE langchef_guard.seal SET snapshot = ''1:2:'' WHERE id = 3', 3),
               ('DELETE FROM langchef_guard.seal WHERE id = 2', 3),
               ('DELETE FROM langchef_guard.seal WHERE id = 1', 2)) AS changes (change, seal);

-- A batch rewritten with its seal, but not the seals after it.
SELECT matches(verdict_after(format('UPDATE langchef_guard.ledger SET session_role = ''nobody'' WHERE id = %s; DELETE FROM langchef_guard.seal WHERE id = 2', :row2)),
               '^ledger was altered within seal 3', 'a seal taken away with what it was over is found');

-- Pruning.
SELECT is(langchef_guard.prune('1 day'), 0::bigint, 'nothing is older than a day');
SELECT is(langchef_guard.prune('0'), :first_rows + 5::bigint, 'the rows of all seals are pruned');
SELECT is(verdict(), '3 seals, 3 pruned, 0 rows', 'their seals hold still');
SELECT is(count(*), 2::bigint, 'what was not sealed stays, and a row tells of the pruning') FROM langchef_guard.ledger;
SELECT is(verdict_after('DELETE FROM langchef_guard.ledger WHERE command_tag = ''PRUNE'''),
          'ledger was altered within seal 1 / Its rows are said to be pruned, but no ledger row tells of it.', 'without that row the pruning is one that nobody did');
SELECT throws_ok('SELECT langchef_guard.prune(NULL)', '22004', 'older_than must not be null');
SELECT throws_ok('SELECT langchef_guard.prune(''-1 day'')', '22023', 'older_than must not be negative');

-- A transaction that seals and goes on recording.
BEGIN;
CREATE TABLE e (i integer);
SELECT langchef_guard.seal() AS sealed \gset
CREATE TABLE f (i integer);
COMMIT;
SELECT is(verdict(), '4 seals, 3 pruned, 2 rows', 'a transaction''s own rows wait for the next seal');
SELECT isnt(langchef_guard.seal(), NULL, 'which takes them');
SELECT is(verdict(), '5 seals, 3 pruned, 4 rows', 'and holds');

SELECT * FROM finish();
