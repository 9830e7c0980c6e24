# Other spellings of the same: there is no difference.
package Drift::Equal;

use strict;
use warnings FATAL => 'all';

# What it is, what is registered, and what takes its place.
our @cases = (
	[ 'type aliases', 'CREATE TABLE app.e (a varchar(5), b int4, c bool, d timestamptz, e decimal(8,2), f float8)',
		'DROP TABLE app.e; CREATE TABLE app.e (a character varying(5), b integer, c boolean, d timestamp with time zone, e numeric(8,2), f double precision)' ],
	[ 'default with and without its cast', q{CREATE TABLE app.e (a text DEFAULT 'x', b date DEFAULT '2020-01-01')}, q{DROP TABLE app.e; CREATE TABLE app.e (a text DEFAULT 'x'::text, b date DEFAULT '2020-01-01'::date)} ],
	[ 'IN and = ANY', 'CREATE TABLE app.e (a int CHECK (a IN (1, 2)))', 'DROP TABLE app.e; CREATE TABLE app.e (a int CHECK (a = ANY (ARRAY[1, 2])))' ],
	[ 'holes of dropped columns', 'CREATE TABLE app.e (a int, b int, c int)', 'DROP TABLE app.e; CREATE TABLE app.e (a int, x int, b int, c int); ALTER TABLE app.e DROP x' ],
	[ 'order of creation', 'CREATE TABLE app.e (a int); CREATE TABLE app.f (a int)', 'DROP TABLE app.e, app.f; CREATE TABLE app.f (a int); CREATE TABLE app.e (a int)' ],
	[ 'order of privileges', 'GRANT SELECT ON app.bare TO drift_reader; GRANT INSERT ON app.bare TO drift_owner', 'REVOKE ALL ON app.bare FROM drift_reader, drift_owner; GRANT INSERT ON app.bare TO drift_owner; GRANT SELECT ON app.bare TO drift_reader' ],
	[ 'order of options', 'ALTER TABLE app.bare SET (fillfactor = 70, autovacuum_enabled = off)', 'ALTER TABLE app.bare RESET (fillfactor, autovacuum_enabled); ALTER TABLE app.bare SET (autovacuum_enabled = false, fillfactor = 70)' ],
	[ 'order of roles in a policy', 'CREATE POLICY e ON app.bare TO drift_reader, drift_owner', 'DROP POLICY e ON app.bare; CREATE POLICY e ON app.bare TO drift_owner, drift_reader' ],
	[ 'serial and what it stands for', 'CREATE TABLE app.e (id serial)', q{DROP TABLE app.e; CREATE SEQUENCE app.e_id_seq AS int; CREATE TABLE app.e (id int NOT NULL DEFAULT nextval('app.e_id_seq')); ALTER SEQUENCE app.e_id_seq OWNED BY app.e.id} ],
	[ 'NOT NULL whose usual name is taken', 'CREATE TABLE app.f (z int CONSTRAINT e_a_not_null NOT NULL); CREATE TABLE app.e (a int NOT NULL)',
		'DROP TABLE app.e, app.f; CREATE TABLE app.e (a int NOT NULL); CREATE TABLE app.f (z int CONSTRAINT e_a_not_null NOT NULL)' ],
	[ 'sequence position', 'SELECT 1', q{SELECT setval('app.numbering', 99)} ],
	[ 'enum value added or declared', q{CREATE TYPE app.e AS ENUM ('a', 'c'); ALTER TYPE app.e ADD VALUE 'b' BEFORE 'c'}, q{DROP TYPE app.e; CREATE TYPE app.e AS ENUM ('a', 'b', 'c')} ],
	[ 'privileges written out', 'SELECT 1', 'GRANT ALL ON app.bare TO CURRENT_USER; GRANT EXECUTE ON FUNCTION app.add(int, int) TO PUBLIC' ],
	[ 'index inherited or attached', 'CREATE TABLE app.e (a int) PARTITION BY LIST (a); CREATE TABLE app.e1 PARTITION OF app.e FOR VALUES IN (1); CREATE INDEX e_a ON app.e (a)',
		'DROP TABLE app.e; CREATE TABLE app.e (a int) PARTITION BY LIST (a); CREATE INDEX e_a ON app.e (a); CREATE TABLE app.e1 (a int); CREATE INDEX e1_a_idx ON app.e1 (a); ALTER TABLE app.e ATTACH PARTITION app.e1 FOR VALUES IN (1)' ],
	[ 'search_path at creation', 'CREATE VIEW app.e AS SELECT k FROM app.bare', 'DROP VIEW app.e; SET LOCAL search_path = app; CREATE VIEW e AS SELECT k FROM bare; SET LOCAL search_path = public' ],
	[ 'star and its columns', 'CREATE VIEW app.e AS SELECT * FROM app.bare', 'DROP VIEW app.e; CREATE VIEW app.e AS SELECT k, v FROM app.bare' ],
	[ 'matview filled later', 'CREATE MATERIALIZED VIEW app.e AS SELECT 1 AS one', 'DROP MATERIALIZED VIEW app.e; CREATE MATERIALIZED VIEW app.e AS SELECT 1 AS one WITH NO DATA; REFRESH MATERIALIZED VIEW app.e' ],
	[ 'storage and statistics by default', 'SELECT 1', 'ALTER TABLE app.bare ALTER v SET STORAGE EXTENDED; ALTER TABLE app.bare ALTER v SET STATISTICS -1' ],
	[ 'comment set and removed', 'SELECT 1', q{COMMENT ON TABLE app.bare IS 'x'; COMMENT ON TABLE app.bare IS ''} ],
	[ 'temporary objects', 'SELECT 1', 'CREATE TEMP TABLE e (a int); CREATE TEMP VIEW f AS SELECT 1; CREATE TEMP SEQUENCE g' ],
	[ 'analyze', 'SELECT 1', 'ANALYZE app.customer' ],
	[ 'current_timestamp in capitals', 'CREATE TABLE app.e (a timestamptz DEFAULT CURRENT_TIMESTAMP)', 'DROP TABLE app.e; CREATE TABLE app.e (a timestamptz DEFAULT current_timestamp)' ],
	[ 'members of extensions', 'SELECT 1', 'DROP EXTENSION citext; CREATE EXTENSION citext SCHEMA app' ],
	[ 'operators in another order', 'SELECT 1', 'DROP OPERATOR FAMILY app.loose USING btree; CREATE OPERATOR FAMILY app.loose USING btree' ],
	[ 'a secret set again', 'SELECT 1', q{ALTER USER MAPPING FOR PUBLIC SERVER far OPTIONS (SET password 'secret')} ],
	[ 'rule whose condition reads its table', 'CREATE RULE e AS ON INSERT TO app.bare WHERE EXISTS (SELECT FROM app.bare WHERE bare.k = new.k) DO INSTEAD UPDATE app.bare SET v = new.v WHERE bare.k = new.k',
		'CREATE OR REPLACE RULE e AS ON INSERT TO app.bare WHERE EXISTS (SELECT FROM app.bare bare_1 WHERE bare_1.k = new.k) DO INSTEAD UPDATE app.bare SET v = new.v WHERE bare.k = new.k' ],
	[ 'rewritten', 'SELECT 1', 'ALTER TABLE app.bare ADD w int; ALTER TABLE app.bare DROP w; ALTER TABLE app.bare ALTER k TYPE int' ],
);

1;
