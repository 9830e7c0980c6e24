-- What there is to know of the database as it is now.
SELECT langchef_guard.baseline();

-- A restore runs this script, then its commands, each recorded under a new id,
-- and copies the dumped ledger in at the end: the ids of the new rows must not
-- meet those of the old ones.  The milliseconds since 1970 lie above every id
-- that a ledger can have reached by counting up, and above those of an earlier
-- restore.  Scripts of pg_dump are told by their row_security = off.
SELECT pg_catalog.setval(sequence.name, (EXTRACT(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::bigint)
  FROM (VALUES ('langchef_guard.ledger_id_seq'::pg_catalog.regclass), ('langchef_guard.alembic_step_id_seq')) AS sequence (name)
 WHERE pg_catalog.current_setting('row_security') OPERATOR(pg_catalog.=) 'off';
