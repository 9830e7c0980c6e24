-- What a command changes in other objects is recorded with it, so that drift can name its author.
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS langchef_guard;
RESET client_min_messages;
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET langchef_guard.mode = 'record';
SELECT coalesce(max(id), 0) AS start FROM langchef_guard.ledger \gset
SELECT set_config('regress.last', :'start', false) IS NOT NULL AS started;
-- What was recorded since the last call: + and - for facts, * for an attribute.
CREATE FUNCTION pg_temp.recorded(OUT command text, OUT operation text, OUT object text, OUT difference text)
RETURNS SETOF record LANGUAGE sql AS $$
    SELECT l.command_tag, l.operation, l.object_type || ' ' || l.identity,
           (SELECT string_agg(CASE d ->> 'op' WHEN 'added' THEN '+' || (d ->> 'fact') WHEN 'removed' THEN '-' || (d ->> 'fact')
                                   ELSE '*' || (d ->> 'fact') || '.' || (d ->> 'attribute') END, ' ' ORDER BY n)
              FROM jsonb_array_elements(l.difference) WITH ORDINALITY AS x (d, n))
      FROM langchef_guard.ledger l
     WHERE l.id > current_setting('regress.last')::bigint AND l.backend_pid = pg_backend_pid() AND l.operation <> 'create'
     ORDER BY min(l.id) OVER (PARTITION BY l.xid, l.statement), (l.object_type || ' ' || l.identity) COLLATE "C";
$$;
-- What differs from the expected schema, and which statement did it.
CREATE FUNCTION pg_temp.drifted(OUT operation text, OUT object text, OUT attribute text, OUT blame text, OUT statement text)
RETURNS SETOF record LANGUAGE sql AS $$
    SELECT d.operation, d.kind || ' ' || d.object, d.attribute, d.blame, d.statement
      FROM langchef_guard.drift('regress_side') d
     WHERE d.object LIKE '%regress\_side%' OR d.object LIKE '%regress\_lcg\_side%'
     ORDER BY d.operation, (d.kind || ' ' || d.object) COLLATE "C", d.attribute COLLATE "C";
$$;
\set begin 'SELECT facts > 0 AS registered FROM langchef_guard.register_expected(''regress_side'') AS facts; SELECT set_config(''regress.last'', max(id)::text, false) IS NULL AS last FROM langchef_guard.ledger \\gset'
\set show 'SELECT * FROM pg_temp.recorded(); SELECT * FROM pg_temp.drifted();'

CREATE SCHEMA regress_side;
SET search_path = regress_side;

-- A foreign key is kept by triggers of both tables.
CREATE TABLE target (id int PRIMARY KEY);
CREATE TABLE source (id int CONSTRAINT source_fkey REFERENCES target);
:begin
ALTER TABLE target DISABLE TRIGGER ALL;
:show
:begin
ALTER TABLE target ENABLE TRIGGER ALL;
:show
-- Nobody saw it, but the catalog row is younger than the expected schema.
ALTER TABLE target DISABLE TRIGGER ALL;
:begin
SET langchef_guard.mode = off;
ALTER TABLE target ENABLE TRIGGER ALL;
SELECT * FROM pg_temp.drifted();
SET langchef_guard.mode = record;

-- A table mentions the index it is clustered on, and the one of its replica identity.
CREATE TABLE clustered (a int NOT NULL, b int);
CREATE UNIQUE INDEX clustered_a ON clustered (a);
CREATE INDEX clustered_b ON clustered (b);
CREATE INDEX clustered_c ON clustered (b);
ALTER TABLE clustered REPLICA IDENTITY USING INDEX clustered_a;
:begin
CLUSTER clustered USING clustered_b;
CLUSTER clustered USING clustered_b;
CLUSTER clustered;
:show
:begin
ALTER INDEX clustered_b RENAME TO clustered_d;
:show
:begin
DROP INDEX clustered_a;
DROP INDEX clustered_d;
DROP INDEX clustered_c;
:show

CREATE UNIQUE INDEX clustered_a ON clustered (a);
ALTER TABLE clustered REPLICA IDENTITY USING INDEX clustered_a;
CREATE TABLE split (a int) PARTITION BY RANGE (a);
CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM (1) TO (10);
CREATE INDEX split_a ON split (a);
:begin
DROP INDEX CONCURRENTLY clustered_a;
CLUSTER split USING split_a;
:show

-- Tables of a composite type have its columns.
CREATE TYPE composite AS (x int, y int, z int);
CREATE TABLE typed OF composite;
:begin
ALTER TYPE composite RENAME ATTRIBUTE x TO renamed CASCADE;
:show
:begin
ALTER TYPE composite ADD ATTRIBUTE added int CASCADE, ALTER ATTRIBUTE y TYPE text CASCADE, DROP ATTRIBUTE z CASCADE;
:show

-- A new name shows where the row type, the array type or the multirange is mentioned.
CREATE TABLE rowtype (a int);
CREATE TABLE holder (x rowtype, y rowtype[]);
CREATE FUNCTION of_row(rowtype, rowtype[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE mood AS ENUM ('calm');
CREATE DOMAIN moods AS mood[];
CREATE FUNCTION of_mood(mood[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TYPE span AS RANGE (subtype = int, multirange_type_name = spans);
CREATE TABLE spanned (x spans);
CREATE FUNCTION of_span(span[]) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA regress_side_2;
:begin
ALTER TABLE rowtype RENAME TO rowtype2;
ALTER TYPE mood RENAME TO mood2;
ALTER TYPE span SET SCHEMA regress_side_2;
:show

-- Event triggers fire none.
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
:begin
CREATE EVENT TRIGGER regress_lcg_side ON sql_drop EXECUTE FUNCTION watch();
SELECT operation, object_type, identity, difference #>> '{0,op}' AS op, definition_after IS NOT NULL AS defined FROM langchef_guard.ledger
 WHERE id > :start AND object_type = 'event trigger';
:show
CREATE ROLE regress_lcg_side SUPERUSER;
:begin
ALTER EVENT TRIGGER regress_lcg_side RENAME TO regress_lcg_side_2;
ALTER EVENT TRIGGER regress_lcg_side_2 OWNER TO regress_lcg_side;
COMMENT ON EVENT TRIGGER regress_lcg_side_2 IS 'watches';
ALTER EVENT TRIGGER regress_lcg_side_2 DISABLE;
:show
:begin
DROP EVENT TRIGGER regress_lcg_side_2;
:show

CREATE EVENT TRIGGER regress_lcg_side ON sql_drop EXECUTE FUNCTION watch();
:begin
SET client_min_messages = warning;
DROP FUNCTION watch() CASCADE;
RESET client_min_messages;
:show

-- A new name that no definition holds.
CREATE TABLE whole (a int UNIQUE, b int REFERENCES target) PARTITION BY RANGE (a);
CREATE INDEX whole_b ON whole (b);
CREATE TABLE part PARTITION OF whole FOR VALUES FROM (1) TO (10);
CREATE TABLE identified (id int GENERATED ALWAYS AS IDENTITY);
:begin
ALTER INDEX part_b_idx RENAME TO part_b_2;
ALTER TABLE part RENAME CONSTRAINT part_a_key TO part_key;
ALTER TABLE part RENAME CONSTRAINT whole_b_fkey TO part_b_fkey;
ALTER SEQUENCE identified_id_seq RENAME TO numbers;
:show
SELECT object_type, d ->> 'before' AS before, d ->> 'after' AS after FROM langchef_guard.ledger, jsonb_array_elements(difference) d
 WHERE id > current_setting('regress.last')::bigint AND d ->> 'attribute' = 'name' ORDER BY id;

-- An index becomes a part of its constraint, or of its parent's, and an object again.
CREATE TABLE constrained (a int);
CREATE UNIQUE INDEX constrained_a ON constrained (a);
:begin
SET client_min_messages = warning;
ALTER TABLE constrained ADD CONSTRAINT constrained_key UNIQUE USING INDEX constrained_a;
RESET client_min_messages;
:show
:begin
ALTER TABLE constrained DROP CONSTRAINT constrained_key;
:show
:begin
ALTER TABLE whole DETACH PARTITION part;
:show
:begin
ALTER TABLE whole ATTACH PARTITION part FOR VALUES FROM (1) TO (10);
:show
CREATE TABLE part_3 PARTITION OF whole FOR VALUES FROM (10) TO (20);
:begin
BEGIN;
ALTER TABLE whole DETACH PARTITION part;
ALTER TABLE whole DETACH PARTITION part_3;
COMMIT;
SELECT * FROM pg_temp.recorded() WHERE object LIKE 'index %';
SELECT * FROM pg_temp.drifted() WHERE object LIKE 'index %';
CREATE TABLE whole_2 (a int) PARTITION BY RANGE (a);
CREATE TABLE part_2 PARTITION OF whole_2 FOR VALUES FROM (1) TO (10);
CREATE INDEX whole_2_a ON ONLY whole_2 (a);
CREATE INDEX part_2_a ON part_2 (a);
:begin
ALTER INDEX whole_2_a ATTACH PARTITION part_2_a;
:show

-- Members of extensions are not compared.
CREATE TABLE member (a int);
:begin
ALTER EXTENSION plpgsql ADD TABLE member;
:show
:begin
ALTER EXTENSION plpgsql DROP TABLE member;
:show

-- The name of a role shows in what it owns and was granted.
CREATE ROLE regress_lcg_side_owner;
CREATE TABLE owned (a int);
ALTER TABLE owned OWNER TO regress_lcg_side_owner;
GRANT SELECT ON typed TO regress_lcg_side_owner;
CREATE POLICY ours ON constrained TO regress_lcg_side_owner;
:begin
ALTER ROLE regress_lcg_side_owner RENAME TO regress_lcg_side_owner_2;
:show

-- That of a tablespace shows in what is stored there.
SET allow_in_place_tablespaces = on;
CREATE TABLESPACE regress_lcg_side LOCATION '';
CREATE TABLE stored (a int CONSTRAINT stored_key UNIQUE USING INDEX TABLESPACE regress_lcg_side) TABLESPACE regress_lcg_side;
:begin
ALTER TABLESPACE regress_lcg_side RENAME TO regress_lcg_side_2;
:show

-- What is known of an object is what is there.
SELECT k.object_type, k.identity FROM langchef_guard.known_object k
 WHERE k.identity LIKE '%regress\_side%' AND k.object_type IN ('table', 'index')
   AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = k.objid AND c.oid::regclass::text = replace(k.identity, 'regress_side.', ''));

SELECT langchef_guard.unregister_expected('regress_side');
SET client_min_messages = warning;
DROP SCHEMA regress_side, regress_side_2 CASCADE;
DROP TABLESPACE regress_lcg_side_2;
DROP ROLE regress_lcg_side, regress_lcg_side_owner_2;
SELECT count(*) AS left_over FROM langchef_guard.known_object WHERE identity LIKE '%regress\_side%';
