# Work that other tools do, and valid work, which must pass.
package Attack::Section7;

use strict;
use warnings FATAL => 'all';

use Attack::Token;
use Attack::Words;
use PostgreSQL::Test::Utils;

sub title { return '7. Living with others'; }

# A dump restored into a new database: its ledger, its event triggers, and whether it guards.
sub restored
{
	my ($dump, $restore) = @_;
	return sub {
		my ($w) = @_;
		my $node = $w->{node};
		my $base = PostgreSQL::Test::Utils::tempdir();
		$w->attempt('s', q{COMMENT ON TABLE app.fresh IS 'dumped'});
		my $rows = $w->look('SELECT count(*) FROM langchef_guard.ledger');
		$w->arrange('DROP DATABASE IF EXISTS guarded_copy; CREATE DATABASE guarded_copy TEMPLATE template0', 'outside');
		local $ENV{PGHOST} = $node->host;
		local $ENV{PGPORT} = $node->port;
		local $ENV{PGUSER} = 'postgres';
		foreach my $command ($dump, $restore)
		{
			my $run = $command =~ s/%f/$base\/dump/gr;
			system("$run >'$base/log' 2>&1") == 0 or return "error: $run: " . slurp_file("$base/log");
		}
		my $mark = $w->mark;
		my $found = $w->attempt('s', qq{SELECT (SELECT count(*) >= $rows FROM langchef_guard.ledger), (SELECT count(*) FROM pg_event_trigger WHERE evtname LIKE 'langchef_guard%' AND evtenabled = 'A'),
			(SELECT count(*) FROM app.t)}, where => 'guarded_copy')->{out} =~ s/\n//gr;
		my $refused = $w->attempt('o', 'DROP TABLE app.calls', where => 'guarded_copy')->{sqlstate};
		$w->arrange('DROP DATABASE guarded_copy WITH (FORCE)', 'outside');
		my ($all, $triggers, $data) = split /\|/, $found;
		return ($all eq 't' ? 'ledger kept' : 'LEDGER LOST') . ", $triggers event triggers, $data rows; then DROP TABLE: $refused";
	};
}

# Told elsewhere: the test that has it.
sub tested_by
{
	my ($file, $word) = @_;
	return sub { return slurp_file($file) =~ /$word/ ? "tested by $file" : "$file does not test it"; };
}

# TRUNCATE that a subscription applies; "outside" is the publisher.
sub replicated_truncate
{
	my ($w) = @_;
	my $node = $w->{node};
	$w->arrange(q{CREATE SCHEMA app; CREATE TABLE app.fresh (x int, y text); CREATE PUBLICATION sent FOR TABLE app.fresh; INSERT INTO app.fresh VALUES (0);
		SELECT pg_create_logical_replication_slot('attack_slot', 'pgoutput')}, 'outside');
	my $connection = $node->connstr('outside') =~ s/'/''/gr;
	$w->arrange("CREATE SUBSCRIPTION got CONNECTION '$connection' PUBLICATION sent WITH (create_slot = false, slot_name = 'attack_slot')");
	$node->poll_query_until('guarded', 'SELECT count(*) = 1 FROM app.fresh') or die 'nothing was copied';
	my $mark = $w->mark;
	$w->arrange('TRUNCATE app.fresh; INSERT INTO app.fresh VALUES (1)', 'outside');
	$node->poll_query_until('guarded', 'SELECT count(*) = 1 FROM app.fresh WHERE x = 1') or die 'TRUNCATE was not replicated';
	my $recorded = $w->recorded($mark);
	$w->arrange('ALTER SUBSCRIPTION got DISABLE; ALTER SUBSCRIPTION got SET (slot_name = NONE)');
	$node->poll_query_until('postgres', q{SELECT NOT active FROM pg_replication_slots WHERE slot_name = 'attack_slot'}) or die 'the slot stays in use';
	$w->arrange('DROP SUBSCRIPTION got');
	$w->arrange(q{SELECT pg_drop_replication_slot('attack_slot'); DROP PUBLICATION sent; DROP SCHEMA app CASCADE}, 'outside');
	return $recorded eq '' ? 'passes' : "recorded: $recorded";
}

# Many tables in one session.
sub thousand
{
	my ($w, $role, $mark) = @_;
	my $outcome = $w->attempt($role, q{DO $$ BEGIN FOR n IN 1 .. 1000 LOOP EXECUTE format('CREATE TABLE full_of.n%s (x int)', n); END LOOP; END $$});
	return ("error $outcome->{sqlstate}", $outcome) if $outcome->{sqlstate};
	return ('recorded: ' . $w->look("SELECT count(*) FROM langchef_guard.ledger WHERE id > $mark->{ledger} AND operation = 'create'"), $outcome);
}

sub cases
{
	my @once = (roles => 's', rebuild => 1, may_change => qr/./);
	my @fresh = (rebuild => 1, may_change => qr/./);
	my $whole = 'ledger kept, 3 event triggers, 10 rows; then DROP TABLE: LG001';
	my $life = 'test/tap/050_life.pl';
	my $retention = q{CREATE FUNCTION app.retention() RETURNS void LANGUAGE plpgsql AS 'BEGIN DROP TABLE app.part; END'};
	return (
		attack(100, 'a plain dump restored', restored('pg_dump -Fp -f %f guarded', 'psql -Xq -v ON_ERROR_STOP=1 -f %f guarded_copy'), $whole, @once, shown => '`pg_dump -Fp`, `psql`'),
		attack('100a', 'a custom dump restored', restored('pg_dump -Fc -f %f guarded', 'pg_restore --exit-on-error -d guarded_copy %f'), $whole, @once, shown => '`pg_dump -Fc`, `pg_restore`'),
		attack('100b', 'a directory restored by several jobs', restored('pg_dump -Fd -f %f guarded', 'pg_restore --exit-on-error -j4 -d guarded_copy %f'), $whole, @once, shown => '`pg_dump -Fd`, `pg_restore -j4`'),
		attack('100c', '--clean --if-exists into an empty database', restored('pg_dump -Fc -f %f guarded', 'pg_restore --exit-on-error --clean --if-exists -d guarded_copy %f'), $whole, @once,
			shown => '`pg_restore --clean --if-exists`'),
		attack('100d', '--clean over a guarded database', restored('pg_dump -Fc -f %f guarded && pg_restore --exit-on-error -d guarded_copy %f',
			'! pg_restore --exit-on-error --clean -d guarded_copy %f'), $whole, @once, shown => '`pg_restore --clean`, which is refused'),
		attack('100e', '--disable-triggers, data only, over a guarded database', restored('pg_dump -Fc -f %f guarded && pg_restore --exit-on-error -d guarded_copy %f',
			'! pg_restore --exit-on-error --data-only --disable-triggers -t t -d guarded_copy %f'), $whole, @once, shown => '`pg_restore --data-only --disable-triggers`, which is refused'),
		attack('100f', 'pg_upgrade', tested_by($life, 'pg_upgrade'), "tested by $life", roles => 's'),
		attack('100g', 'physical standby and promotion', tested_by($life, 'promote'), "tested by $life", roles => 's'),
		attack('100h', 'TRUNCATE that logical replication applies, after the initial copy', \&replicated_truncate, recorded('TRUNCATE TABLE'), @once, triggers => cannot('the library is not loaded in the worker that applies it', qr/^TRUNCATE by logical replication/),
			shown => '`TRUNCATE app.fresh` on the publisher'),
		attack('100i', 'a new database from a guarded template', sub { my ($w) = @_; $w->arrange('DROP DATABASE IF EXISTS guarded_copy; CREATE DATABASE guarded_copy TEMPLATE pattern', 'outside');
			my $outcome = $w->attempt('o', 'DROP TABLE app.calls', where => 'guarded_copy'); $w->arrange('DROP DATABASE guarded_copy WITH (FORCE)', 'outside'); return "DROP TABLE: $outcome->{sqlstate}"; },
			'DROP TABLE: LG001', roles => 's', shown => '`CREATE DATABASE ... TEMPLATE ...`; `DROP TABLE app.calls`'),
		attack(101, 'retention of partitions', 'SELECT app.retention()', refused('D24'), stand_in => 'pg_partman', setup => $retention, undo => 'DROP FUNCTION app.retention()'),
		attack('101a', 'retention of partitions, let by a policy', 'SELECT app.retention()', recorded('DROP TABLE'), stand_in => 'pg_partman, drop_chunks of TimescaleDB',
			setup => "$retention; INSERT INTO langchef_guard.policy (object, action) VALUES ('app.part', 'allow')", undo => 'DROP FUNCTION app.retention(); DELETE FROM langchef_guard.policy'),
		attack('101b', 'a table swapped for its copy', q{BEGIN; CREATE TABLE app.repacked AS SELECT * FROM app.lonely; ALTER TABLE app.lonely RENAME TO old; ALTER TABLE app.repacked RENAME TO lonely;
			DROP TABLE app.old CASCADE; COMMIT}, refused('D01', 'D02'), stand_in => 'pg_repack'),
		attack('101c', 'what the script of an extension drops', q{CREATE EXTENSION hstore VERSION '1.4'; ALTER EXTENSION hstore UPDATE}, recorded('ALTER EXTENSION', 'CREATE EXTENSION', 'DROP OPERATOR'), roles => 's'),
		attack('101d', 'REFRESH CONCURRENTLY', 'REFRESH MATERIALIZED VIEW CONCURRENTLY app.m', recorded('REFRESH MATERIALIZED VIEW'), setup => 'CREATE UNIQUE INDEX mx ON app.m (x)', undo => 'DROP INDEX app.mx'),
		attack('101e', 'temporary tables removed at the end of a session', 'CREATE TEMP TABLE a AS SELECT 1 AS x; CREATE TEMP TABLE b AS SELECT 1 AS x', passes(), commit => 1),
		attack('101f', 'a parallel index build', q{SET max_parallel_maintenance_workers = 2; SET min_parallel_table_scan_size = 0; CREATE INDEX new ON app.t (c)}, recorded('CREATE INDEX')),
		attack('101g', 'CLUSTER and ANALYZE', 'ANALYZE app.t', passes()),
		attack(102, 'a table with primary key, serial and foreign key', 'CREATE TABLE app.new (id serial PRIMARY KEY, t_id int REFERENCES app.t)', recorded('CREATE TABLE')),
		attack('102a', 'a schema with elements', 'CREATE SCHEMA new CREATE TABLE a (id int PRIMARY KEY) CREATE VIEW b AS SELECT * FROM a', recorded('CREATE SCHEMA')),
		attack('102b', 'a schema whose elements name functions like PostgreSQL\'s', q{CREATE SCHEMA new CREATE TABLE lower (x int) CREATE VIEW b AS SELECT pg_catalog.lower('A') AS x}, recorded('CREATE SCHEMA')),
		attack('102c', 'DROP IF EXISTS of what is absent', 'DROP TABLE IF EXISTS app.absent; DROP SCHEMA IF EXISTS absent CASCADE; DROP FUNCTION IF EXISTS app.absent(int)', passes()),
		attack('102d', 'own temporary tables', 'CREATE TEMP TABLE a AS SELECT 1 AS x; ALTER TABLE a DROP COLUMN x; TRUNCATE a; DELETE FROM a; DROP TABLE a', passes()),
		attack('102e', 'ALTER that changes nothing', 'ALTER TABLE app.t ALTER COLUMN b TYPE varchar(10)', recorded('ALTER TABLE')),
		attack('102f', 'objects of the same transaction', 'CREATE TABLE app.new AS SELECT 1 AS x; ALTER TABLE app.new DROP COLUMN x; TRUNCATE app.new; DROP TABLE app.new',
			recorded('ALTER TABLE', 'CREATE TABLE AS', 'DROP TABLE', 'TRUNCATE TABLE')),
		attack('102g', 'CREATE IF NOT EXISTS of what is there', 'CREATE TABLE IF NOT EXISTS app.t (x int); CREATE INDEX IF NOT EXISTS t_a ON app.t (a)', passes()),
		attack('102h', 'the version table of Alembic', q{CREATE TABLE app.alembic_version (version_num varchar(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY);
			INSERT INTO app.alembic_version VALUES ('a'); UPDATE app.alembic_version SET version_num = 'b'; DELETE FROM app.alembic_version}, recorded('CREATE TABLE')),
		attack('102i', 'a thousand tables', \&thousand, 'recorded: 1000', rebuild => 1, may_change => qr/./, roles => 'o', shown => '`CREATE TABLE full_of.n1 (x int)` ... `n1000`'),
		attack('102j', 'rows of one key', 'DELETE FROM app.t WHERE id = 1; UPDATE app.t SET c = NULL WHERE id = 2', passes()),
		attack('102k', 'additive changes', 'ALTER TABLE app.t ADD COLUMN n int DEFAULT 7; CREATE INDEX new ON app.t (n); ALTER TABLE app.t ADD CONSTRAINT small CHECK (a < 100) NOT VALID; ALTER TABLE app.t VALIDATE CONSTRAINT small',
			recorded('ALTER TABLE', 'CREATE INDEX')),
		attack('102l', 'an empty schema dropped', 'CREATE SCHEMA new; COMMIT; DROP SCHEMA new', recorded('CREATE SCHEMA', 'DROP SCHEMA'), commit => 1),
	);
}

1;
