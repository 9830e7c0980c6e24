# Destructive commands beyond DROP TABLE: what is overwritten, switched off, and all other kinds of objects.
package Attack::Section2b;

use strict;
use warnings FATAL => 'all';

use Attack::Words;

sub title { return '2. Destructive commands beyond DROP TABLE'; }

sub cases
{
	return (
		attack(40, 'a view overwritten', 'CREATE OR REPLACE VIEW app.v AS SELECT id, a FROM app.t WHERE false', recorded('CREATE VIEW')),
		attack('40a', 'a view overwritten without its barrier', 'CREATE OR REPLACE VIEW app.v WITH (security_invoker) AS SELECT id, a FROM app.t', refused('D26')),
		attack('40b', 'a function overwritten', q{CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT NULL::int'}, recorded('CREATE FUNCTION')),
		attack('40c', 'a function overwritten by one of another volatility', q{CREATE OR REPLACE FUNCTION app.f(int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT $1'},
			refused('D26')),
		attack('40d', 'a function made SECURITY DEFINER', q{ALTER FUNCTION app.f(int) SECURITY DEFINER}, refused('D26')),
		attack('40e', 'a procedure overwritten', q{CREATE OR REPLACE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 2'}, recorded('CREATE PROCEDURE')),
		attack('40f', 'a trigger overwritten', 'CREATE OR REPLACE TRIGGER trg AFTER DELETE ON app.t FOR EACH ROW EXECUTE FUNCTION app.fire()', refused('D26')),
		attack('40g', 'a rule overwritten', 'CREATE OR REPLACE RULE quiet AS ON INSERT TO app.other DO INSTEAD NOTHING', refused('D26')),
		attack(41, 'a rule that swallows all writes', 'CREATE RULE silent AS ON UPDATE TO app.lonely DO INSTEAD NOTHING', recorded('CREATE RULE')),
		attack('41a', 'triggers disabled', 'ALTER TABLE app.t DISABLE TRIGGER USER', refused('D19')),
		attack('41b', 'all triggers disabled', 'ALTER TABLE app.t DISABLE TRIGGER ALL', refused('D19')),
		attack('41c', 'row security disabled', 'ALTER TABLE app.t DISABLE ROW LEVEL SECURITY', refused('D20')),
		attack('41d', 'row security forced', 'ALTER TABLE app.t FORCE ROW LEVEL SECURITY', recorded('ALTER TABLE')),
		attack('41e', 'a policy dropped', 'DROP POLICY pol ON app.t', refused('D20')),
		attack('41f', 'a policy altered', 'ALTER POLICY pol ON app.t USING (id > 0)', refused('D20')),
		attack('41g', 'a rule disabled', 'ALTER TABLE app.other DISABLE RULE quiet', refused('D19')),
		attack('41h', 'a permissive policy added', 'CREATE POLICY wide ON app.t USING (true)', recorded('CREATE POLICY')),
		attack(42, 'a materialized view emptied', 'REFRESH MATERIALIZED VIEW app.m WITH NO DATA', refused('D07')),
		attack('42a', 'a materialized view filled anew', 'REFRESH MATERIALIZED VIEW app.m', recorded('REFRESH MATERIALIZED VIEW')),
		attack(43, 'DROP INDEX CONCURRENTLY', Attack::Section2::invalid_indexes('DROP INDEX CONCURRENTLY app.t_a'), refused('D17') . '; invalid indexes: 0',
			shown => '`DROP INDEX CONCURRENTLY app.t_a`'),
		attack('43a', 'DROP INDEX CONCURRENTLY, approved', \&Attack::Section2::concurrently_approved, 'recorded: DROP INDEX; the token is spent', rebuild => 1,
			shown => '`DROP INDEX CONCURRENTLY app.t_a`'),
		attack(44, 'CREATE INDEX CONCURRENTLY', Attack::Section2::invalid_indexes('CREATE INDEX CONCURRENTLY new ON app.t (c)'), 'recorded: CREATE INDEX; invalid indexes: 0',
			rebuild => 1, shown => '`CREATE INDEX CONCURRENTLY new ON app.t (c)`'),
		attack('44a', 'REINDEX CONCURRENTLY', Attack::Section2::invalid_indexes('REINDEX INDEX CONCURRENTLY app.t_a'), 'passes; invalid indexes: 0',
			rebuild => 1, shown => '`REINDEX INDEX CONCURRENTLY app.t_a`', until => 16),
		attack('44b', 'REINDEX CONCURRENTLY', Attack::Section2::invalid_indexes('REINDEX INDEX CONCURRENTLY app.t_a'), 'recorded: REINDEX; invalid indexes: 0',
			rebuild => 1, shown => '`REINDEX INDEX CONCURRENTLY app.t_a`', since => 17),
		attack(45, 'VACUUM FULL', 'VACUUM FULL app.lonely', passes(), commit => 1, rebuild => 1, roles => 'os'),
		attack('45a', 'CLUSTER', 'CLUSTER app.t USING t_a', recorded('CLUSTER'), triggers => not_loaded()),
		attack('45b', 'REINDEX', 'REINDEX TABLE app.t', passes(), until => 16),
		attack('45f', 'REINDEX, which fires event triggers there', 'REINDEX TABLE app.t', recorded('REINDEX'), since => 17),
		attack('45c', 'SET ACCESS METHOD', 'ALTER TABLE app.lonely SET ACCESS METHOD heap', recorded('ALTER TABLE')),
		attack('45d', 'SET TABLESPACE', 'ALTER TABLE app.lonely SET TABLESPACE pg_default', recorded('ALTER TABLE')),
		attack('45e', 'ALL IN TABLESPACE', 'ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE pg_default', passes()),
		attack(46, 'a sequence restarted', 'ALTER SEQUENCE app.s RESTART', recorded('ALTER SEQUENCE')),
		attack('46a', 'setval', q{SELECT setval('app.s', 1)}, cannot('changes a value, as nextval does, and no definition')),
		attack('46b', 'a sequence dropped', 'DROP SEQUENCE app.child_id_seq CASCADE', refused('D13')),
		attack('46c', 'a sequence that goes backwards', 'ALTER SEQUENCE app.s INCREMENT -1 MINVALUE -100', recorded('ALTER SEQUENCE')),
		attack(47, 'a large object dropped', 'SELECT lo_unlink(4711)', refused('D29'), triggers => not_loaded()),
		attack('47a', 'a large object dropped after a first DDL command', 'CREATE TEMP TABLE first (x int); SELECT lo_unlink(4711)', refused('D29')),
		attack('47b', 'a large object given away', 'ALTER LARGE OBJECT 4711 OWNER TO attack_other', superusers(recorded('ALTER LARGE OBJECT'))),
		attack('47c', 'a large object overwritten', q{SELECT lo_put(4711, 0, 'erased!')}, cannot('changes rows of a large object, and no definition')),
		attack('47d', 'a large object dropped by the extension lo', 'DELETE FROM app.images WHERE true', refused('D09'),
			setup => q{CREATE EXTENSION lo; CREATE TABLE app.images (i lo); INSERT INTO app.images VALUES (4711);
			CREATE TRIGGER manage BEFORE DELETE ON app.images FOR EACH ROW EXECUTE FUNCTION lo_manage(i);
			ALTER TABLE app.images OWNER TO attack_owner}, undo => q{DROP TABLE app.images; DROP EXTENSION lo}, triggers => not_loaded()),
		attack(48, 'a publication dropped', 'DROP PUBLICATION pub', refused('D27')),
		attack('48a', 'a publication altered', 'ALTER PUBLICATION pub DROP TABLE app.t', recorded('ALTER PUBLICATION')),
		attack('48b', 'a server dropped', 'DROP SERVER srv CASCADE', refused('D27')),
		attack('48c', 'a user mapping dropped', 'DROP USER MAPPING FOR attack_owner SERVER srv', refused('D27')),
		attack('48d', 'a server altered', q{ALTER SERVER srv OPTIONS (SET host '/elsewhere')}, recorded('ALTER SERVER')),
		attack('48e', 'a user mapping altered', q{ALTER USER MAPPING FOR attack_owner SERVER srv OPTIONS (SET password 'other')}, recorded('ALTER USER MAPPING')),
		attack('48f', 'a foreign table dropped', 'DROP FOREIGN TABLE app.ft', refused('D01')),
		attack('48g', 'IMPORT FOREIGN SCHEMA', 'IMPORT FOREIGN SCHEMA full_of FROM SERVER loop INTO public', recorded('IMPORT FOREIGN SCHEMA'), roles => 's'),
		attack('48h', 'a subscription dropped', 'DROP SUBSCRIPTION sub', refused('D27'), roles => 's', undo => 'DROP SUBSCRIPTION IF EXISTS sub',
			setup => q{CREATE SUBSCRIPTION sub CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE)}),
		attack('48i', 'a subscription altered', q{ALTER SUBSCRIPTION sub CONNECTION 'dbname=other password=hidden'}, recorded('ALTER SUBSCRIPTION'), roles => 's',
			undo => 'DROP SUBSCRIPTION IF EXISTS sub',
			setup => q{CREATE SUBSCRIPTION sub CONNECTION 'dbname=none' PUBLICATION p WITH (connect = false, slot_name = NONE)}),
		attack(49, 'GRANT', 'GRANT ALL ON app.t TO PUBLIC', recorded('GRANT')),
		attack('49a', 'GRANT on a column', 'GRANT UPDATE (c) ON app.t TO attack_other', recorded('GRANT')),
		attack('49b', 'GRANT on ALL TABLES', 'GRANT SELECT ON ALL TABLES IN SCHEMA full_of TO attack_other', recorded('GRANT')),
		attack('49c', 'REVOKE', 'REVOKE UPDATE ON app.t FROM attack_owner', recorded('REVOKE')),
		attack('49d', 'ALTER DEFAULT PRIVILEGES', 'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC', recorded('ALTER DEFAULT PRIVILEGES')),
		attack('49e', 'COMMENT', q{COMMENT ON TABLE app.t IS 'text'}, recorded('COMMENT')),
		attack('49f', 'SECURITY LABEL without a provider', q{SECURITY LABEL ON TABLE app.t IS 'text'}, postgres_refuses('22023')),
		attack(50, 'another extension dropped', 'DROP EXTENSION dblink CASCADE', superusers(refused('D14'))),
		attack('50a', 'another extension with dependents dropped', 'DROP EXTENSION postgres_fdw CASCADE',
			superusers(refused('D14'))),
		attack(51, 'storage parameters', 'ALTER TABLE app.t SET (fillfactor = 70)', recorded('ALTER TABLE')),
		attack('51a', 'replica identity', 'ALTER TABLE app.t REPLICA IDENTITY NOTHING', recorded('ALTER TABLE')),
		attack('51b', 'statistics', 'ALTER TABLE app.t ALTER COLUMN a SET STATISTICS 0', recorded('ALTER TABLE')),
		attack('51c', 'autovacuum off', 'ALTER TABLE app.t SET (autovacuum_enabled = off)', recorded('ALTER TABLE')),
		attack(52, 'a collation refreshed', 'ALTER COLLATION app.coll REFRESH VERSION', recorded('ALTER COLLATION')),
		attack('52a', 'a domain constrained', q{ALTER DOMAIN app.positive ADD CONSTRAINT small CHECK (VALUE < 100)}, recorded('ALTER DOMAIN')),
	);
}

1;
