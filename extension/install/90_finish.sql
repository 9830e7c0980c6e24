-- What there is to know of the database as it is now.
SELECT langchef_guard.baseline();

-- Rows of another database can come here: a restore runs this script (or finds
-- the extension made beforehand), then its commands, each recorded under a new
-- id, and copies the dumped rows in at the end.  The ids of the two must not
-- meet.  They count up from the microseconds since 1970 at which each database
-- got its extension: ids of databases made a second apart meet only when a
-- million rows were written in the first, and no database writes a row per
-- microsecond, so that a later one starts above all that an older one reached.
-- The numbers stay below 2^53, which JSON readers can hold.
SELECT pg_catalog.setval(sequence.name, (EXTRACT(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000000)::bigint)
  FROM (VALUES ('langchef_guard.ledger_id_seq'::pg_catalog.regclass), ('langchef_guard.alembic_step_id_seq')) AS sequence (name);
